"""What is read of a row element: paths, lists, attributes, choices, and JMESPath for the rest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.mapping import Node
from adapters.problems import Mistake
from adapters.soap.expressions import Expression
from adapters.soap.paths import choice, steps
from adapters.soap.reader import reader
from tests.adapters.soap_shop import XSI

ROW = f"""<i:Row xmlns:i="urn:in" xmlns:xsi="{XSI}" xmlns:o="urn:other" size="L" o:colour="red" xsi:type="i:Big">
  <i:Sku>A1</i:Sku>
  <o:Name lang="de" xml:lang="en">Bolt &amp; nut</o:Name>
  <Nil xsi:nil="true"/><Empty/><Blank> </Blank><Zero>0.1000</Zero>
  <i:Group><i:First>1</i:First><i:Unknown>9</i:Unknown></i:Group>
  <One>x</One>
  <Many>x</Many><o:Many>y</o:Many>
  <Parts><Part no="1"><Sku>P1</Sku></Part></Parts><NoParts/>
</i:Row>"""


def read(
    row: str, paths: set[str], lists: set[str] | None = None, each: dict[str, Node] | None = None
) -> dict[str, Any]:
    node = Node(frozenset(paths | (lists or set())), each or {}, frozenset(lists or set()))
    return reader(node)(etree.fromstring(row))


def test_elements_and_attributes_are_read_by_local_name() -> None:
    paths = {"Sku", "Name", "Name.@lang", "Group.First", "@size", "@colour", '"Zero"'}
    assert read(ROW, paths) == {
        "Sku": "A1",
        "Name": "Bolt & nut",
        "Name.@lang": "de",
        "Group.First": "1",
        "@size": "L",
        "@colour": "red",
        '"Zero"': "0.1000",
    }


def test_nil_absent_empty_and_blank_are_told_apart() -> None:
    assert read(ROW, {"Nil", "Empty", "Blank", "Absent", "@absent", "Group.Absent"}) == {
        "Nil": None,
        "Empty": "",
        "Blank": " ",
    }


def test_an_attribute_about_the_element_is_none_of_it() -> None:
    assert read(ROW, {"@type", "Nil.@nil"}) == {}


def test_one_element_is_a_list_where_a_list_is_wanted() -> None:
    assert read(ROW, {"One"}, {"Many"}) == {"One": "x", "Many": ["x", "y"]}
    assert read(ROW, set(), {"One"}) == {"One": ["x"]}


def test_an_element_that_occurs_again_never_looks_like_the_only_one() -> None:
    assert read(ROW, {"Many"}) == {"Many": ["x", "y"]}


def test_a_list_is_empty_where_its_parent_is_there_and_missing_where_it_is_not() -> None:
    assert read(ROW, set(), {"NoParts.Part", "Absent.Part", "Part"}) == {"NoParts.Part": [], "Part": []}


def test_items_of_a_list_are_rows_of_their_own() -> None:
    part = Node(frozenset({"Sku", "@no", "Absent"}))
    row = read(ROW, {"Sku"}, each={"Parts.Part": part, "NoParts.Part": part})
    assert row == {"Sku": "A1", "Parts.Part": [{"Sku": "P1", "@no": "1"}], "NoParts.Part": []}


def test_the_same_element_can_be_text_item_and_group() -> None:
    row = read(ROW, {"Parts.Part.Sku", "Parts.Part.@no"}, {"Parts.Part.Sku "}, {"Parts.Part": Node(frozenset({"@no"}))})
    assert row == {
        "Parts.Part.Sku": "P1",
        "Parts.Part.@no": "1",
        "Parts.Part.Sku ": ["P1"],
        "Parts.Part": [{"@no": "1"}],
    }


def test_a_reply_that_invents_namespaces_is_still_read() -> None:
    read_row = reader(Node(frozenset({"Sku"})))
    for number in range(2000):
        row = etree.fromstring(f'<Row xmlns:x="urn:{number}"><x:Sku>A{number}</x:Sku><x:No/></Row>')
        assert read_row(row) == {"Sku": f"A{number}"}


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('Name."@lang" || Sku', "de"),
        ('Name."#text"', "Bolt & nut"),
        ("length(Many)", 2),
        ("Group.Unknown || Sku", "9"),
        ("Nil || Sku", "A1"),
        ("[Sku, One]", ["A1", "x"]),
        ("*.First | [0]", "1"),
        ("@.Group", {"First": "1", "Unknown": "9"}),
        ("One[]", ["x"]),
        ("Parts.Part[*].Sku | [-1]", "P1"),
        ("Parts.Part | [0].Sku", "P1"),
        ("Absent.Part[1].Sku", None),
    ],
)
def test_expressions_see_plain_values(expression: str, found: Any) -> None:
    assert steps(expression) is None and choice(expression) is None
    assert read(ROW, {expression}) == {expression: found}


def test_an_expression_that_fails_on_a_row_gives_something_that_no_field_takes() -> None:
    assert isinstance(read(ROW, {"join('', Sku)"})["join('', Sku)"], Exception)


def test_no_expression_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="JMESPath"):
        Expression("Ids.Id[")


PATHS = (
    "Ids.Id[?\"@kind\"=='a'].Value | [0]",
    "Ids.Id[?Type=='a'].Value | [0]",
    "Ids.Id[?Type == 'a' ].\"@kind\"|[0]",
    "Ids.Id[0].Value",
    'Ids.Id[0]."@kind"',
    "Plain[0]",
)
ids = st.lists(
    st.tuples(
        st.sampled_from([None, "a", "b"]), st.sampled_from([None, "a", ""]), st.sampled_from([None, "1", "2", ""])
    )
)


@settings(deadline=None)
@given(ids, st.lists(st.sampled_from(["x", "y"])))
def test_choices_are_what_jmespath_makes_of_them(found: list[tuple[Any, ...]], plain: list[str]) -> None:
    """The fast way and the library agree; what is null there may be absent here."""
    row = etree.Element("Row")
    parent = etree.SubElement(row, "Ids")
    for kind, type_, value in found:
        child = etree.SubElement(parent, "Id", {} if kind is None else {"kind": kind})
        for name, text in (("Type", type_), ("Value", value)):
            if text is not None:
                etree.SubElement(child, name).text = text
    for text in plain:
        etree.SubElement(row, "Plain").text = text
    fast = reader(Node(frozenset(PATHS)))(row)
    for path in PATHS:
        assert choice(path) is not None
        assert fast.get(path) == Expression(path).read(row), path


def test_all_that_fit_are_a_list() -> None:
    row = '<R><Id k="a"><V>1</V></Id><Id k="b"><V>2</V></Id><Id k="a"><V>3</V></Id></R>'
    path = "Id[?\"@k\"=='a'].V"
    assert read(row, set(), {path}) == {path: ["1", "3"]}
    assert read("<R/>", set(), {path}) == {path: []}


def test_a_nil_value_is_not_the_first_that_fits() -> None:
    nil = f'<R xmlns:xsi="{XSI}"><Id k="a"><V xsi:nil="true"/></Id><Id k="a"><V>3</V></Id></R>'
    path = "Id[?\"@k\"=='a'].V | [0]"
    assert read(nil, {path}) == {path: "3"}


def test_a_path_of_many_elements() -> None:
    """Deeper than loops can stand in each other."""
    names = [f"E{number}" for number in range(40)]
    row = "".join(f"<{name}>" for name in names) + "deep" + "".join(f"</{name}>" for name in reversed(names))
    path = ".".join(names)
    assert read(f"<R>{row}</R>", {path, f"{names[0]}.@no"}) == {path: "deep"}


def test_what_is_read_is_generated_and_no_text_of_a_path_is_code() -> None:
    path = 'Id[?"@k"==\'a"""\n+ boom #\'].V | [0]'
    row = etree.Element("R")
    etree.SubElement(etree.SubElement(row, "Id", k='a"""\n+ boom #'), "V").text = "1"
    assert reader(Node(frozenset({path})))(row) == {path: "1"}
