"""Two kinds of plots as SVG, without a library: bars by group, and lines over numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

COLOURS = ("#0b7285", "#15aabf", "#e8590c", "#f08c00", "#868e96")
WIDTH, LEFT, RIGHT, ROW = 860, 210, 70, 18
STYLE = "text{font:12px system-ui,sans-serif;fill:#495057}.h{font-weight:600;fill:#212529}line{stroke:#dee2e6}"


def text(x: float, y: float, said: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(said)}</text>'


def document(height: float, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">'
    background = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", background, *parts, "</svg>\n"])


class Scale:
    """From values to places, logarithmic; ``ticks`` are powers of ten around all of the values."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low = floor(log10(min(values)))
        self._high = max(ceil(log10(max(values))), self._low + 1)
        self._start, self._end = start, end

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]

    def at(self, value: float) -> float:
        share = (log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)


class Bars:
    """Horizontal bars, group by group; a name has the same colour in all of them."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.groups: list[tuple[str, Mapping[str, float]]] = []

    def group(self, title: str, values: Mapping[str, float]) -> None:
        self.groups.append((title, values))

    def svg(self) -> str:
        values = [value for _, group in self.groups for value in group.values()]
        names = list(dict.fromkeys(name for _, group in self.groups for name in group))
        scale = Scale(values, LEFT, WIDTH - RIGHT)
        parts, y = [text(12, 22, self.title, kind="h")], 48.0
        for title, group in self.groups:
            parts.append(text(12, y, title, kind="h"))
            for name, value in group.items():
                y += ROW
                colour, width = COLOURS[names.index(name) % len(COLOURS)], scale.at(value) - LEFT
                parts += [
                    text(LEFT - 8, y, name, "end"),
                    f'<rect x="{LEFT}" y="{y - 11:.1f}" width="{width:.1f}" height="13" fill="{colour}"/>',
                    text(LEFT + width + 6, y, f"{value:.3g}"),
                ]
            y += 2 * ROW
        return document(y, parts)


class Lines:
    """Lines over a logarithmic axis of numbers; the upright axis is logarithmic too."""

    def __init__(self, title: str, across: str) -> None:
        self.title = title
        self.across = across
        self.lines: list[tuple[str, Sequence[tuple[float, float]]]] = []

    def line(self, name: str, points: Sequence[tuple[float, float]]) -> None:
        self.lines.append((name, points))

    def svg(self) -> str:
        height, left, bottom = 320.0, 70.0, 270.0
        points = [point for _, line in self.lines for point in line]
        across = Scale([x for x, _ in points], left, WIDTH - 180)
        upright = Scale([y for _, y in points], bottom, 50)
        parts = [text(12, 22, self.title, kind="h"), text((left + WIDTH - 180) / 2, height - 12, self.across, "middle")]
        for tick in upright.ticks:
            y = upright.at(tick)
            parts += [
                f'<line x1="{left}" x2="{WIDTH - 180}" y1="{y:.1f}" y2="{y:.1f}"/>',
                text(left - 6, y + 4, f"{tick:g}", "end"),
            ]
        parts += [text(across.at(x), bottom + 18, f"{x:,.0f}", "middle") for x in dict.fromkeys(x for x, _ in points)]
        for (name, line), colour in zip(self.lines, COLOURS, strict=False):
            places = [(across.at(x), upright.at(y)) for x, y in line]
            drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
            parts.append(text(places[-1][0] + 10, places[-1][1] + 4, name))
        return document(height, parts)
