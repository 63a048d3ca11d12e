"""The Dockerfile, read, and carried out as far as that goes without Docker: its files are copied into a clean folder,
its commands run there with a Python of their own, and what it starts is asked as an orchestrator would.

What needs the network is done by the packages' own clients; where there is none, these tests are left out.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath

import httpx
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
OFFLINE = ("NewConnectionError", "NameResolutionError", "Could not find a version", "No matching distribution")

GATEWAY = """\
title: Image
clients: {{shop: {{key: "{hash}"}}}}
"""
SOURCE = """\
source: pim
role: PIM
kind: rest
url: http://127.0.0.1:9
entities:
  Product:
    key: code
    fields: {code: code, name: name}
    lookup: {code: {get: "/products{?code*}", rows: items}}
"""


@dataclass
class Stage:
    """From one ``FROM`` to the next."""

    image: str
    name: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [text for found, text in self.instructions if found == word]

    def last(self, word: str) -> str:
        return self.all(word)[-1]

    @property
    def variables(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for text in self.all("ENV") for pair in shlex.split(text))


def stages(text: str) -> list[Stage]:
    found: list[Stage] = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            found.append(Stage(image, name))
        else:
            found[-1].instructions.append((word, rest.strip()))
    return found


BUILD, IMAGE = stages((ROOT / "Dockerfile").read_text("utf-8"))


def test_what_the_image_is() -> None:
    assert IMAGE.last("USER") == "10001:10001", "not root, and a number, which is what Kubernetes can check"
    assert f"useradd --uid {IMAGE.last('USER').partition(':')[0]} " in IMAGE.last("RUN")
    order = [word for word, _ in IMAGE.instructions]
    assert order.index("USER") > max(number for number, word in enumerate(order) if word in ("RUN", "COPY"))
    assert IMAGE.all("EXPOSE") == ["8000"]
    assert IMAGE.variables["CROSSDOCK_CONFIG"] == "/config"
    assert json.loads(IMAGE.last("CMD")) == ["crossdock", "serve", "--host", "0.0.0.0", "--port", "8000"]


def test_both_stages_are_the_same_small_python_that_the_wheel_allows() -> None:
    assert BUILD.image == IMAGE.image
    version = re.fullmatch(r"python:(3\.\d+)-slim", IMAGE.image)
    assert version is not None
    lowest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert lowest is not None
    assert tuple(map(int, version[1].split("."))) >= tuple(map(int, lowest[1].split(".")))


def test_what_docker_ignores_leaves_what_is_copied() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for text in BUILD.all("COPY"):
        for name in text.split()[:-1]:
            assert f"!{name.rstrip('*')}" in ignored
    assert {"gateway/graphiql/dist", "gateway/graphiql/node_modules"} <= set(ignored)


@dataclass
class Box:
    """A folder in the place of a container: its files below ``root``, its Python in ``environment``."""

    root: Path
    environment: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()

    def place(self, name: str) -> Path:
        path = PurePosixPath(name)
        return self.root.joinpath(*path.parts[1:]) if path.is_absolute() else self.root / self.folder / path

    def work_in(self, name: str) -> None:
        self.folder = Path(*PurePosixPath(name).parts[1:])
        self.place(name).mkdir(parents=True)

    def copy(self, text: str, from_root: Path, from_folder: Path) -> None:
        *names, target = [word for word in text.split() if not word.startswith("--")]
        for name in names:
            home = from_root if name.startswith("/") else from_folder
            for path in home.glob(name.removeprefix("/")):
                place = self.place(target) / (path.name if target.endswith("/") and path.is_file() else "")
                place.parent.mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    shutil.copytree(
                        path, place, ignore=shutil.ignore_patterns("node_modules", "__pycache__"), dirs_exist_ok=True
                    )
                else:
                    shutil.copy(path, place)

    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        return {**kept, "PATH": f"{self.environment / 'bin'}:{kept['PATH']}", **self.variables}

    def run(self, command: str) -> None:
        """In a shell, as Docker does; ``/install`` is the box's."""
        command = re.sub(r"(?<=\s)/(?=install/)", f"{self.root}/", command)
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.place("."),
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode and any(sign in done.stderr for sign in OFFLINE):
            pytest.skip(f"no package index: {done.stderr.splitlines()[-1]}")
        assert done.returncode == 0, done.stdout + done.stderr


def environment(folder: Path) -> Path:
    """A new one. The packages that crossdock names, pip, and no others, are linked into it from the one that runs this:
    to fetch them once more would take most of a minute."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    for package in needed():
        for file in package.files or ():
            if ".." not in file.parts:
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                (site / file).symlink_to(Path(str(package.locate_file(file))))
    return folder


def needed() -> list[Distribution]:
    """The requirements of ``pyproject.toml``, theirs, and so on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [Requirement(text) for text in ("pip", *project["dependencies"])]
    found: dict[str, Distribution] = {}
    while waiting:
        asked = waiting.pop()
        package = found[canonicalize_name(asked.name)] = distribution(asked.name)
        for text in package.requires or ():
            further = Requirement(text)
            wanted = further.marker is None or any(further.marker.evaluate({"extra": x}) for x in asked.extras or {""})
            if wanted and canonicalize_name(further.name) not in found:
                waiting.append(further)
    return list(found.values())


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """Both stages carried out. The front end's own build has tests of its own: it is taken over where it is made."""
    home = tmp_path_factory.mktemp("image")
    python = environment(home / "python")
    build = Box(home / "build-stage", python)
    for word, text in BUILD.instructions:
        if word == "WORKDIR":
            build.work_in(text)
        elif word == "COPY":
            build.copy(text, ROOT, ROOT)
        elif word == "RUN" and "pip wheel" in text:
            build.run(text)
    image = Box(home / "image", python, {"CROSSDOCK_CONFIG": str(home / "config"), "PYTHONUNBUFFERED": "1"})
    image.root.mkdir()
    for word, text in IMAGE.instructions:
        if word == "COPY":
            assert f"--from={BUILD.name}" in text
            image.copy(text, build.root, build.root)
        elif word == "RUN" and "pip install" in text:
            image.run(text)
    (home / "config" / "sources").mkdir(parents=True)
    (home / "config" / "sources" / "pim.yaml").write_text(SOURCE)
    return image


@contextmanager
def started(box: Box, port: int) -> Iterator[subprocess.Popen[str]]:
    """``CMD``, on another port: 8000 may be taken on this machine."""
    command = [str(port) if word == "8000" else word for word in json.loads(IMAGE.last("CMD"))]
    program = box.environment / "bin" / command[0]
    process = subprocess.Popen(
        [program, *command[1:]],
        cwd=box.root,
        env=box.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def healthy(box: Box, port: int) -> bool:
    command = json.loads(IMAGE.last("HEALTHCHECK").partition(" CMD ")[2])
    asked = [word.replace(":8000/", f":{port}/") for word in command]
    asked[0] = str(box.environment / "bin" / asked[0])
    return subprocess.run(asked, capture_output=True, timeout=20, check=False).returncode == 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_it_refuses_to_listen_to_the_network_without_clients(box: Box) -> None:
    (Path(box.variables["CROSSDOCK_CONFIG"]) / "gateway.yaml").write_text("title: Image\n")
    with started(box, free_port()) as process:
        output, _ = process.communicate(timeout=30)
        assert (process.returncode, "nobody needs a key" in output) == (1, True)


def test_it_serves_its_clients_and_is_healthy(box: Box) -> None:
    made = subprocess.run(
        [box.environment / "bin" / "crossdock", "key", "shop"], capture_output=True, text=True, check=True
    )
    key, hashed = re.findall(r"^crossdock_\S+$|sha256:[0-9a-f]{64}", made.stdout, re.MULTILINE)
    (Path(box.variables["CROSSDOCK_CONFIG"]) / "gateway.yaml").write_text(GATEWAY.format(hash=hashed))
    port = free_port()
    assert not healthy(box, port)
    with started(box, port) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Image: http://0.0.0.0:")
        assert healthy(box, port)
        assert client.post("/graphql", json={"query": "{__typename}"}).status_code == 401
        answer = client.post("/graphql", json={"query": "{__typename}"}, headers={"X-Api-Key": key})
        assert answer.json() == {"data": {"__typename": "Query"}}
        page = client.get("/graphql", headers={"accept": "text/html"}).text
        built = (ROOT / "gateway" / "graphiql" / "dist" / "index.html").is_file()
        assert ("GraphiQL is not built" in page) is not built, "the wheel has the assets that were built"
        assert client.get("/livez").status_code == 200
        began = time.monotonic()
        process.terminate()
        assert process.wait(20) == 0
        assert time.monotonic() - began < 10
