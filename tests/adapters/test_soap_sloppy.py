"""WSDLs with one defect each: a strict loader refuses most, and none keeps the registered operation from answering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from zeep.settings import Settings
from zeep.wsdl import Document

from adapters.problems import MappingProblems
from adapters.soap import KIND
from adapters.spi import Lookup
from tests.adapters.sloppy_wsdls import DEFECTS, Defect
from tests.adapters.soap_shop import SHOP, TYPES, Shop, answering, item, items, source

EVERY = pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
REQUEST = Lookup("Item", "sku", ["A1"], frozenset({"name"}))


@pytest.mark.quirk("S2")
@EVERY
async def test_the_registered_operation_answers(tmp_path: Path, defect: Defect) -> None:
    shop = Shop(answering(items(item("A1", "<Name>one</Name>"))))
    made = shop.adapter(source(defect.write(tmp_path), {"fields": {"sku": "Sku", "name": "Name"}}, lenient=True))
    assert (await made.lookup(REQUEST)).found["A1"].values["name"] == "one"
    body = shop.heard[0].body
    assert b"A1" in body and f'"{SHOP}"'.encode() in body


class LocalFiles:
    """A transport for zeep that has no network, as where the gateway runs."""

    def load(self, location: str) -> bytes:
        return Path(location.removeprefix("file://")).read_bytes()


def zeep_writes(path: Path) -> bool:
    transport: Any = LocalFiles()
    settings = Settings(strict=True, forbid_external=False, forbid_dtd=True, force_https=False)
    try:
        document = Document(str(path), transport, settings=settings)
        (binding, *_) = [port.binding for service in document.services.values() for port in service.ports.values()]
        return b"A1" in repr(binding.all()["GetItems"].create(Sku=["A1"]).content.xpath("//text()")).encode()
    except Exception:
        return False


@pytest.mark.filterwarnings("ignore")
@pytest.mark.quirk("S2")
def test_most_of_them_are_too_sloppy_for_a_strict_loader(tmp_path: Path) -> None:
    refused = []
    for index, defect in enumerate(DEFECTS):
        folder = tmp_path / str(index)
        folder.mkdir()
        if not zeep_writes(defect.write(folder)):
            refused.append(defect.name)
    print(f"zeep refuses {len(refused)} of {len(DEFECTS)}: {'; '.join(refused)}")
    assert len(DEFECTS) >= 30 and len(refused) > len(DEFECTS) / 2


@pytest.mark.quirk("S2")
def test_what_is_wrong_in_what_is_needed_is_told_unless_it_may_be_guessed(tmp_path: Path) -> None:
    defect = next(each for each in DEFECTS if each.name == "a prefix of a type is undeclared")
    with pytest.raises(MappingProblems) as error:
        KIND.build(source(defect.write(tmp_path)), TYPES)
    (problem,) = error.value.problems
    assert problem.path == ("wsdl",) and "shop.xsd:" in problem.found and "`tns:Item`" in problem.found
    assert problem.hint == "`lenient: true` takes it for what it probably means"
