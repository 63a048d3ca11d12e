"""Every link names things that exist, and every field is either a plain value or a link."""

from collections.abc import Iterator, Mapping

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    NamedTypeNode,
    build_schema,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
    parse_type,
    validate,
)
from graphql.language import TypeNode

from resolvers import graph
from resolvers.links import (
    Answer,
    Children,
    Computed,
    Connection,
    GatewayValue,
    Local,
    Reference,
    RootKey,
    RootKeys,
    RootList,
    RootNodes,
)

SCHEMA: GraphQLSchema = build_schema(graph.declared_sdl())
LINKS: list[tuple[str, Answer]] = sorted(graph.links().items())

linked = pytest.mark.parametrize(("at", "answer"), LINKS, ids=[at for at, _ in LINKS])


def object_type(name: str) -> GraphQLObjectType:
    declared = SCHEMA.type_map[name]
    assert isinstance(declared, GraphQLObjectType)
    return declared


def field(at: str) -> GraphQLField:
    type_name, _, name = at.partition(".")
    declared: GraphQLField = object_type(type_name).fields[name]
    return declared


def names(type_name: str) -> set[str]:
    """What a source may give of a type: its fields and hidden keys."""
    return set(object_type(type_name).fields) | graph.hidden_keys().get(type_name, {}).keys()


def target(at: str) -> str:
    return get_named_type(field(at).type).name


def is_list(at: str) -> bool:
    declared = field(at).type
    return is_list_type(declared.of_type if is_non_null_type(declared) else declared)


def narrows(at: str, of: str, narrow: Mapping[str, str]) -> bool:
    return narrow.keys() <= field(at).args.keys() and set(narrow.values()) <= names(of)


@linked
def test_a_link_names_what_exists(at: str, answer: Answer) -> None:
    parent = at.partition(".")[0]
    match answer:
        case Reference(to, by, via, pick):
            assert target(at) == to
            assert set(by.split()) <= names(to)
            assert set(via.split()) <= names(parent)
            assert pick is not None or len(by.split()) == len(via.split())
            assert pick is not None or not field(at).args
        case Children(of, by, via, narrow, choose, reads):
            assert set(reads) <= names(of)
            assert bool(reads) == (choose is not None)
            assert target(at) == of
            assert set(by.split()) <= names(of)
            assert set(via.split()) <= names(parent)
            assert len(by.split()) == len(via.split())
            assert narrows(at, of, narrow)
            assert is_list(at) == (choose is None)
        case Connection(of, search, via):
            assert target(at) == f"{of}Connection"
            assert search in names(of) if via else f"Query.{search}" == at
            assert via is None or set(via.split()) <= names(parent)
            check_page(at, answer)
        case RootKey(to, arguments):
            assert target(at) == to
            assert arguments.keys() == field(at).args.keys()
            for argument, by in arguments.items():
                given = get_named_type(field(at).args[argument].type)
                known = given.fields.keys() if isinstance(given, GraphQLInputObjectType) else names(to)
                assert set(by.split()) <= known
        case RootKeys(of, by, argument, _, narrow):
            assert target(at) == of
            assert by in names(of)
            assert argument in field(at).args
            assert narrows(at, of, narrow)
        case RootList(of, search, filters, narrow):
            assert target(at) == of
            assert is_list(at)
            assert f"Query.{search}" == at
            assert narrows(at, of, narrow)
            assert {*filters, *narrow} == field(at).args.keys()
        case RootNodes(argument):
            assert field(at).args.keys() == {argument}
        case Computed(requires):
            edge = parent.endswith("Edge")  # computed from its node
            check_requirement(target(f"{parent}.node") if edge else parent, requires)
        case Local():
            assert not isinstance(get_named_type(field(at).type), GraphQLObjectType) or target(at) not in entities()
        case GatewayValue(what):
            assert at.endswith(f".{what}")


def check_page(at: str, answer: Connection) -> None:
    arguments = field(at).args
    if answer.filters_in is not None:
        assert isinstance(get_named_type(arguments[answer.filters_in].type), GraphQLInputObjectType)
    if answer.sort is not None:
        assert get_named_type(arguments[answer.sort].type).fields.keys() == {"by", "direction"}
    others = {*answer.filters, *filter(None, (answer.filters_in, answer.sort))}
    assert arguments.keys() - others in ({"first", "after"}, {"first", "after", "last", "before"})


def check_requirement(parent: str, requires: str) -> None:
    document = parse(f"query {{ __typename ...needed }} fragment needed on {parent} {requires}")
    unrelated = "can never be of type"  # the fragment is not on the root
    assert [error.message for error in validate(SCHEMA, document) if unrelated not in error.message] == []


@linked
def test_what_is_optional_is_required(at: str, answer: Answer) -> None:
    if isinstance(answer, Computed):
        for path in answer.optional:
            for name in path.split("."):
                assert name in answer.requires
        assert at.partition(".")[2] not in answer.requires.split()


def entities() -> set[str]:
    """The types that sources give records of: by their own key, or by their parent's."""
    children = {answer.of for _, answer in LINKS if isinstance(answer, Children)}
    return children | graph.keys().keys()


def served_fields() -> Iterator[tuple[str, GraphQLField]]:
    for name, declared in SCHEMA.type_map.items():
        if isinstance(declared, GraphQLObjectType) and not name.startswith("__"):
            yield from ((f"{name}.{field_name}", one) for field_name, one in declared.fields.items())


def given_by_pages(at: str) -> bool:
    return at.partition(".")[0].endswith(("Connection", "Edge"))


def test_a_field_with_arguments_or_of_another_record_is_linked() -> None:
    unlinked = {
        at
        for at, one in served_fields()
        if at not in graph.links()
        and not given_by_pages(at)
        and (one.args or get_named_type(one.type).name in entities())
    }
    assert unlinked == set()


def test_a_plain_value_is_a_leaf_or_a_value_object() -> None:
    for at, one in served_fields():
        kind: GraphQLNamedType = get_named_type(one.type)
        if at not in graph.links() and not given_by_pages(at):
            assert isinstance(kind, GraphQLScalarType | GraphQLEnumType | GraphQLObjectType), at
            assert kind.name not in entities(), at


def test_every_root_is_linked() -> None:
    assert {f"Query.{name}" for name in object_type("Query").fields} <= graph.links().keys()


def test_every_link_is_of_a_field() -> None:
    assert graph.links().keys() <= {at for at, _ in served_fields()}


def test_no_hidden_key_dangles() -> None:
    used: dict[str, set[str]] = {name: set() for name in graph.hidden_keys()}
    for at, answer in LINKS:
        for type_name, name in words_used(at.partition(".")[0], answer):
            used.setdefault(type_name, set()).add(name)
    used["Customer"].add("externalId")  # what `identity:` calls a source's own key
    for type_name, keys in graph.hidden_keys().items():
        assert keys.keys() <= used[type_name], type_name


def words_used(parent: str, answer: Answer) -> Iterator[tuple[str, str]]:
    match answer:
        case Reference(to, by, via) | Children(to, by, via):
            yield from ((parent, word) for word in via.split())
            yield from ((to, word) for word in by.split())
        case Connection(of, search, _, _, _):
            yield of, search
        case RootKey(to, arguments):
            yield from ((to, word) for word in arguments.values())
        case RootList(of, _, _, narrow) | RootKeys(of, _, _, _, narrow):
            yield from ((of, word) for word in narrow.values())


def test_hidden_keys_hide_no_field() -> None:
    for type_name, keys in graph.hidden_keys().items():
        assert not keys.keys() & object_type(type_name).fields.keys(), type_name


def leaf(node: TypeNode) -> str:
    while not isinstance(node, NamedTypeNode):
        node = node.type  # type: ignore[attr-defined]
    return node.name.value


def test_the_types_of_hidden_keys_are_known() -> None:
    internal = graph.internal_types()
    known = SCHEMA.type_map.keys() | internal.keys()
    tables = [*graph.hidden_keys().values(), *internal.values()]
    assert {leaf(parse_type(text)) for table in tables for text in table.values()} <= known
    assert not internal.keys() & SCHEMA.type_map.keys()


def test_a_link_through_a_hidden_key_has_the_form_of_its_key() -> None:
    for at, answer in LINKS:
        if isinstance(answer, Reference) and answer.pick is None:
            hidden = graph.hidden_keys().get(at.partition(".")[0], {}).get(answer.via)
            assert hidden is None or hidden.startswith("[") == is_list(at), at
