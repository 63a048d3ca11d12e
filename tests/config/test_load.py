"""A whole folder: which files count, what they become, and what an overlay changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.config.kinds import InstalledKinds
from gateway.config.load import folder_of, load
from gateway.config.problems import ConfigurationError
from gateway.config.settings import Settings
from tests.config.demo_kind import KINDS, DemoSource
from tests.config.folder import CRM, folder, read, report

GATEWAY = """\
version: 1
title: Retail
routes:
  Product: pim
  Variant.price: pricing
defaults: {channel: WEB, currency: EUR, country: DE, location: HH01, customer_group: GOLD, locale: de-DE}
headers: {X-Channel: channel, Accept-Language: locale}
constants: {low_stock: 3, cap: "99"}
limits: {deadline: 250ms, first: 50, keys: 60, tokens: 70, depth: 8, errors: 9, body: 512 KiB}
server: {host: "::1", port: 9000, insecure: true, drain: 2s}
"""


def test_the_words_of_the_settings(tmp_path: Path) -> None:
    settings = read(folder(tmp_path, GATEWAY)).settings
    assert settings.routes == {"Product": "pim", "Variant.price": "pricing"}
    assert settings.defaults.model_dump() == {
        "channel": "WEB",
        "currency": "EUR",
        "country": "DE",
        "location": "HH01",
        "customer_group": "GOLD",
        "locale": "de-DE",
    }
    assert settings.headers == {"X-Channel": "channel", "Accept-Language": "locale"}
    assert settings.constants == {"low_stock": "3", "cap": "99"}
    assert settings.limits.model_dump(exclude_unset=True) == {
        "deadline": 0.25,
        "first": 50,
        "keys": 60,
        "tokens": 70,
        "depth": 8,
        "errors": 9,
        "body": 524288,
    }
    assert settings.server.model_dump(exclude_unset=True) == {
        "host": "::1",
        "port": 9000,
        "insecure": True,
        "drain": 2.0,
    }


def test_an_empty_gateway_file_is_a_working_one(tmp_path: Path) -> None:
    settings = read(folder(tmp_path, "")).settings
    assert settings == Settings()
    assert (settings.server.host, settings.server.insecure, settings.limits.deadline) == ("127.0.0.1", False, 5.0)


def test_sources_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    path = folder(tmp_path, sources={"wms": CRM.replace("crm", "wms"), "crm": CRM})
    (path / "sources" / "notes.txt").write_text("not a source")
    (path / "sources" / "pim.yml").write_text(CRM.replace("crm", "pim"))
    sources = read(path).sources
    assert [source.registration.source for source in sources] == ["crm", "pim", "wms"]
    assert [source.file.name for source in sources] == ["sources/crm.yaml", "sources/pim.yml", "sources/wms.yaml"]
    assert {source.kind for source in sources} == {KINDS["demo"]}


def test_a_relative_file_name_starts_at_the_source_s_folder(tmp_path: Path) -> None:
    path = folder(tmp_path, sources={"crm": CRM + "contract: crm.wsdl\n"})
    (path / "sources" / "crm.wsdl").write_text("<x/>")
    [source] = read(path).sources
    assert isinstance(source.registration, DemoSource)
    assert source.registration.contract == path / "sources" / "crm.wsdl"


def test_a_problem_that_shows_later_still_finds_its_line(tmp_path: Path) -> None:
    path = folder(tmp_path, sources={"crm": CRM + "entities:\n  Customer:\n    fields: {name: Nam}\n"})
    [source] = read(path).sources
    problem = source.file.problem(("entities", "Customer", "fields", "name", "as"), "a converter", "none", "add one")
    expected = "entities.Customer.fields.name.as: expected a converter, found none; add one"
    assert str(problem) == f"sources/crm.yaml:7:14 {expected}"


def test_where_a_configuration_is_found(tmp_path: Path) -> None:
    assert folder_of(tmp_path, {"CROSSDOCK_CONFIG": "/elsewhere"}) == tmp_path
    assert folder_of(None, {"CROSSDOCK_CONFIG": "/elsewhere"}) == Path("/elsewhere")
    assert folder_of(None, {}) == Path.cwd()


def test_a_folder_without_a_configuration(tmp_path: Path) -> None:
    lines = report(tmp_path / "none")
    assert lines[0].startswith(f"gateway.yaml:1:1: expected a file, found none in {tmp_path / 'none'}; start in")
    assert lines[1].startswith("sources:1:1: expected at least one registered system, found none; register")


def test_nothing_registered(tmp_path: Path) -> None:
    assert report(folder(tmp_path, sources={})) == [
        "sources:1:1: expected at least one registered system, found none; "
        "register a system with a file such as sources/crm.yaml"
    ]


def test_two_sources_of_one_name(tmp_path: Path) -> None:
    assert report(folder(tmp_path, sources={"a": CRM, "b": CRM})) == [
        "sources/b.yaml:1:1 source: expected a name of its own, found crm, which is in sources/a.yaml too"
    ]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("kind: dmeo", "sources/crm.yaml:3:1 kind: expected one of demo, demo2, found dmeo; did you mean `demo`?"),
        ("kind:", "sources/crm.yaml:3:1 kind: expected one of demo, demo2, found nothing"),
        ("title: x", "sources/crm.yaml:1:1 kind: expected one of demo, demo2, found nothing"),
    ],
)
def test_an_unknown_kind(tmp_path: Path, kind: str, found: str) -> None:
    assert report(folder(tmp_path, sources={"crm": CRM.replace("kind: demo", kind)})) == [found]


def test_broken_files_do_not_hide_the_others_mistakes(tmp_path: Path) -> None:
    path = folder(tmp_path, "title: [", {"a": "kind: {", "b": CRM.replace("CRM", "CMR")})
    assert [line.split(":")[0] for line in report(path)] == ["gateway.yaml", "sources/a.yaml", "sources/b.yaml"]


def test_an_overlay_changes_single_words(tmp_path: Path) -> None:
    overlay = """\
    gateway:
      limits: {first: 7}
      routes: {Product: erp}
      server: {port: "${PORT}"}
    sources:
      crm:
        url: https://prod.example
        limits: {timeout: 4s}
    """
    path = folder(tmp_path, GATEWAY, {"crm": CRM + "limits: {concurrency: 3}\n"}, prod=overlay)
    configuration = read(path, "prod", PORT="1234")
    [source] = configuration.sources
    settings = configuration.settings
    assert (settings.limits.first, settings.limits.keys, settings.server.port) == (7, 60, 1234)
    assert settings.routes == {"Product": "erp", "Variant.price": "pricing"}
    assert isinstance(source.registration, DemoSource)
    assert source.registration.url == "https://prod.example"
    assert source.registration.limits.model_dump(exclude_unset=True) == {"timeout": 4.0, "concurrency": 3}


def test_a_variable_that_the_overlay_replaces_need_not_be_set(tmp_path: Path) -> None:
    path = folder(
        tmp_path, sources={"crm": CRM.replace("https://crm.example.test", "${URL}")}, prod="sources: {crm: {url: u}}"
    )
    assert read(path, "prod").sources
    assert len(report(path)) == 1


def test_a_mistake_in_an_overlay_is_located_there(tmp_path: Path) -> None:
    path = folder(tmp_path, GATEWAY, prod="gateway:\n  limits: {first: x}\nsources:\n  crm: {rol: ERP}\n")
    lines = report(path, "prod")
    assert lines[0] == f"{path}/prod.yaml:2:12 limits.first: expected a whole number, found x"
    assert lines[1].startswith(f"{path}/prod.yaml:4:9 rol: expected one of")


@pytest.mark.parametrize(
    ("overlay", "line"),
    [
        ("gatway: {}", "1:1 gatway: expected one of gateway, sources, found gatway; did you mean `gateway`?"),
        ("sources: {cmr: {}}", "1:11 sources.cmr: expected one of crm, found cmr; did you mean `crm`?"),
        ("sources: [crm]", "1:1 sources: expected a mapping, found a list"),
        ("sources: crm", "1:1 sources: expected a mapping, found crm"),
        ("[a]", "1:1: expected a mapping, found a list"),
    ],
)
def test_an_overlay_may_only_change_what_is_there(tmp_path: Path, overlay: str, line: str) -> None:
    path = folder(tmp_path, prod=overlay)
    assert report(path, "prod") == [f"{path}/prod.yaml:{line}"]


def test_an_overlay_that_is_not_there(tmp_path: Path) -> None:
    [line] = report(folder(tmp_path), "prod")
    assert line.endswith("prod.yaml:1:1: expected a file that can be read, found No such file or directory")


@pytest.fixture
def distribution(tmp_path: Path) -> Path:
    """An installed distribution that brings kinds: one that works, one that cannot be imported, one that is none."""
    info = tmp_path / "kinds_for_tests-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kinds-for-tests\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[crossdock.adapters]\n"
        "x-demo = tests.config.demo_kind:KINDS\n"
        "x-broken = tests.config.no_such_module:KIND\n"
        "x-good = kind_for_tests:KIND\n"
    )
    (tmp_path / "kind_for_tests.py").write_text("from tests.config.demo_kind import KINDS\nKIND = KINDS['demo']\n")
    return tmp_path


@pytest.fixture
def installed(distribution: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InstalledKinds]:
    monkeypatch.syspath_prepend(distribution)
    yield InstalledKinds()
    sys.modules.pop("kind_for_tests", None)


def test_kinds_come_from_installed_distributions(installed: InstalledKinds) -> None:
    assert {"x-demo", "x-broken", "x-good"} <= set(installed)
    assert installed["x-good"] == KINDS["demo"]


@pytest.mark.parametrize("kind", ["x-broken", "x-demo"])
def test_a_kind_that_cannot_be_used_is_a_problem(tmp_path: Path, installed: InstalledKinds, kind: str) -> None:
    path = folder(tmp_path, sources={"crm": CRM.replace("kind: demo", f"kind: {kind}")})
    with pytest.raises(ConfigurationError) as raised:
        load(path, environ={}, kinds=installed)
    assert str(raised.value).startswith("sources/crm.yaml:3:1 kind: expected a kind that can be imported, found x-")
