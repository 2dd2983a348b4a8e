"""Chains of a mechanism as pages show them: drawn and told step by step with sources, grouped by where they set out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.mechanism.background import Sighting
from kg.mechanism.gap import GapKind, denials, not_as_a_cause, sentences
from kg.mechanism.ground import Membership
from kg.mechanism.search import Gap, JointInput, MechanismAnswer, MechanismPath
from kg.model import EntityRef, PassageRef
from kg.paths.steps import Step
from ontology.english import capitalised, spelt_out
from server.drawings.layered import layered_picture
from server.drawings.pictures import Picture
from server.pages.mechanism_glance import GlanceLine, glance
from server.pages.mechanism_partners import PairView, pair_views
from server.pages.mechanism_steps import StepView, links_of, step_view
from server.pages.provenance import Origin
from server.wording import BEARERS, net_effect

_TREATMENTS = frozenset({"Drug", "Procedure", "Regimen"})
_TO_INCLUDE = "Tick the boxes above to include hedged and hypothesised steps."
_SHUT_OUT = {
    "certainty": "hedged and hypothesised steps are left out",
    "effect": "only chains with the effect asked for are shown",
    "graph": "only the graph asked for is read",
    "include_imports": "imported graphs are not read",
    "max_length": "longer chains are not followed",
}


@dataclass(frozen=True)
class PathView:
    """A chain: its net effect in words, its steps, what else it needs, and the short cuts folded under it."""

    anchor: str
    path: MechanismPath
    effect: str
    via: tuple[EntityRef, ...]
    steps: tuple[StepView, ...]
    needs: tuple[str, ...]
    partners: tuple[str, ...]
    short_cuts: tuple[PathView, ...]

    @property
    def tone(self) -> str:
        """How the net effect is coloured: "up", "down", or not at all where more and less mean little."""
        if self.path.net_sign is None or self.path.end.type in BEARERS:
            return "none"
        return "up" if self.path.net_sign > 0 else "down"


@dataclass(frozen=True)
class Group:
    """Chains that set out the same way, their drawing, and the steps that only the drawing holds."""

    anchor: str
    title: str
    note: str
    picture: Picture
    paths: tuple[PathView, ...]
    beside: tuple[StepView, ...]

    @property
    def chains(self) -> tuple[PathView, ...]:
        """Those up to the last one that has several steps or that something hangs on."""
        long = [n for n, view in enumerate(self.paths, 1) if len(view.steps) > 1 or view.needs or view.short_cuts]
        return self.paths[: max(long, default=0)]

    @property
    def single_steps(self) -> tuple[PathView, ...]:
        """The others."""
        return self.paths[len(self.chains) :]


@dataclass(frozen=True)
class Kind:
    """How many chains run through the same kinds of things."""

    kinds: str
    count: int
    first: str


@dataclass(frozen=True)
class GapView:
    """Where sources stop, in one notice: what no source joins to what, what they do say, and in which statements."""

    sentence: str
    ends: tuple[EntityRef, ...]
    remarks: tuple[str, ...]
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeenView:
    """What was seen of an adverse event, in words, and a passage of each section that tells of it."""

    text: str
    sighting: Sighting
    passages: tuple[PassageRef, ...]


@dataclass(frozen=True)
class PatientsView:
    """Those of whom an adverse event is told, the documents that tell of it, and what was seen of it in them."""

    who: str
    documents: tuple[str, ...]
    seen: tuple[SeenView, ...]


@dataclass(frozen=True)
class MechanismPage:
    """The answer as the page shows it."""

    patients: tuple[PatientsView, ...]
    glance: tuple[GlanceLine, ...]
    groups: tuple[Group, ...]
    kinds: tuple[Kind, ...]
    gaps: tuple[GapView, ...]
    pairs: tuple[PairView, ...]
    short_cuts: int
    shut_out: str


def mechanism_page(
    answer: MechanismAnswer, origins: Mapping[str, Origin], *, draw_short_cuts: bool = False
) -> MechanismPage:
    """Arrange an answer for reading.

    Args:
        answer: what was found.
        origins: by statement, for every statement of the answer.
        draw_short_cuts: also draw the short cuts, not only tell them.
    """
    whole = [path for path in answer.paths if path.summarised_by is None]
    folded: dict[int, list[MechanismPath]] = {}
    for path in answer.paths:
        if path.summarised_by is not None:
            folded.setdefault(path.summarised_by, []).append(path)
    groups: list[Group] = []
    for key, paths in _grouped(whole):
        anchor = f"group-{len(groups) + 1}"
        views = tuple(
            _path(path, f"{anchor}-{n}", folded.get(path.number, ()), origins) for n, path in enumerate(paths, 1)
        )
        drawn = [*paths, *(cut for path in paths for cut in folded.get(path.number, ()))] if draw_short_cuts else paths
        picture, beside = _picture(answer, drawn, ghost=key is None)
        others = tuple(step_view(step, origins) for step in beside)
        groups.append(Group(anchor, _title(key, paths), _note(key, paths), picture, views, others))
    gaps, pairs = tuple(_gaps(answer.gaps)), pair_views(answer, origins)
    own = [view.path for group in groups if not group.note for view in group.paths]
    told = glance([view.path for group in groups for view in group.paths], own)
    short_cuts = len(answer.paths) - len(whole)
    return MechanismPage(
        _patients(answer.sightings), told, tuple(groups), _kinds(groups), gaps, pairs, short_cuts,
        _shut_out(answer.excluded_by),
    )  # fmt: skip


def _patients(sightings: Iterable[Sighting]) -> tuple[PatientsView, ...]:
    """What was seen by those in whom: a fact in words names them before its first colon."""
    found: dict[str, list[SeenView]] = {}
    for one in sightings:
        who, _, seen = one.text.partition(": ")
        by_section = {(passage.document, passage.section): passage for passage in reversed(one.passages)}
        shown = tuple(passage for passage in one.passages if passage in by_section.values())
        found.setdefault(who if seen else "", []).append(SeenView(seen or one.text, one, shown))
    return tuple(
        PatientsView(who, tuple(dict.fromkeys(p.document for view in seen for p in view.passages)), tuple(seen))
        for who, seen in found.items()
    )


def _shut_out(filters: Sequence[str]) -> str:
    return f"More would be found, but {'; '.join(_SHUT_OUT[name] for name in filters)}." if filters else ""


def _grouped(paths: Sequence[MechanismPath]) -> list[tuple[EntityRef | None, list[MechanismPath]]]:
    """Chains of the drug's own first, then those that run through another treatment, by treatment."""
    own: list[MechanismPath] = []
    through: dict[EntityRef, list[MechanismPath]] = {}
    for path in paths:
        second = path.steps[0].end
        if second.type in _TREATMENTS and path.start.type in _TREATMENTS and path.steps[0].predicate != "prodrugOf":
            through.setdefault(second, []).append(path)
        else:
            own.append(path)
    found: list[tuple[EntityRef | None, list[MechanismPath]]] = [(None, own)] if own else []
    return [*found, *through.items()]


def _title(key: EntityRef | None, paths: Sequence[MechanismPath]) -> str:
    starts = list(dict.fromkeys(path.start.label for path in paths))
    if key is not None:
        return f"Through {key.label}"
    return f"What {starts[0]} does itself" if len(starts) == 1 else "What sources state, step by step"


def _note(key: EntityRef | None, paths: Sequence[MechanismPath]) -> str:
    if key is None:
        return ""
    first = paths[0].steps[0]
    return f"Sources state that {first.sentence}; from there on the steps are those of {key.label}."


def _path(path: MechanismPath, anchor: str, cuts: Iterable[MechanismPath], origins: Mapping[str, Origin]) -> PathView:
    steps = tuple(step_view(step, origins) for step in path.steps)
    return PathView(
        anchor,
        path,
        net_effect(path.net_sign, path.end.label, path.end.type, path.steps[-1].predicate),
        tuple(step.end for step in path.steps[:-1]),
        steps,
        tuple(dict.fromkeys([*_inferred(path.members), *map(_need, _inputs(path))])),
        tuple(dict.fromkeys(_need(joint) for joint in path.joint_inputs if joint.role == "partner")),
        tuple(_path(cut, f"{anchor}-cut-{n}", (), origins) for n, cut in enumerate(cuts, 1)),
    )


def _need(joint: JointInput) -> str:
    if joint.role == "partner":
        return capitalised(f"{joint.node.label} is another part of {joint.into.spoken}.")
    reached = (
        "which the drug also brings about" if joint.reached else "which no sourced step from the drug brings about"
    )
    if joint.members:
        reached = f"for which {' and '.join(member.drug.label for member in joint.members)} stands"
    told = f"Needed as well for {joint.into.spoken}: {joint.node.spoken}, {reached}."
    return " ".join([told, *_inferred(joint.members)])


def _inputs(path: MechanismPath) -> list[JointInput]:
    return [joint for joint in path.joint_inputs if joint.role == "input"]


def _inferred(members: Sequence[Membership]) -> list[str]:
    return [
        f"Inferred, stated by no source: {one.sentence}; what is stated of the class may hold for it."
        for one in members
    ]


def _kinds(groups: Iterable[Group]) -> tuple[Kind, ...]:
    counts: dict[str, list[str]] = {}
    for group in groups:
        for view in group.paths:
            types = [view.path.start.type, *(step.end.type for step in view.path.steps)]
            named = [spelt_out(name) for n, name in enumerate(types) if n == 0 or name != types[n - 1]]
            counts.setdefault(" → ".join(named), []).append(view.anchor)
    found = [Kind(kinds, len(anchors), anchors[0]) for kinds, anchors in counts.items()]
    return tuple(sorted(found, key=lambda kind: -kind.count))


def _gaps(gaps: Iterable[Gap]) -> Iterator[GapView]:
    """Gaps of one kind towards the same thing as one notice each."""
    towards: dict[tuple[EntityRef | None, GapKind], list[Gap]] = {}
    for gap in gaps:
        towards.setdefault((gap.to, gap.kind), []).append(gap)
    for (to, kind), group in towards.items():
        if kind == "need":
            yield GapView(_told(group), (), ())
            continue
        remarks, facts = _remarks(group), _facts(group)
        ends = tuple(dict.fromkeys(gap.from_ for gap in group if gap.from_))
        if kind == "weaker":
            yield GapView(_told(group), (), (*remarks, _TO_INCLUDE), facts)
        elif len(group) == 1 or to is None or any(gap.from_ is None for gap in group):
            yield GapView(_told(group), (), remarks, facts)
        else:
            yield GapView(f"No source states a step from any of these to {to.spoken}:", ends, remarks, facts)


def _told(group: Iterable[Gap]) -> str:
    return " ".join(dict.fromkeys(gap.sentence for gap in group if gap.sentence))


def _remarks(group: Sequence[Gap]) -> tuple[str, ...]:
    """What sources say beside the gaps: in short of both ends, what they deny, and what stands around each start."""
    said = (
        not_as_a_cause(step for gap in group for step in gap.stated),
        denials(dict.fromkeys(one for gap in group for one in gap.denied)),
        *(
            f"Around {gap.from_.spoken} they state: {sentences(gap.around)}."
            for gap in group
            if gap.from_ and gap.around
        ),
    )
    return tuple(remark for remark in said if remark)


def _facts(group: Sequence[Gap]) -> tuple[str, ...]:
    """The statements behind what is said beside the gaps."""
    said = (fact for gap in group for step in (*gap.stated, *gap.around) for fact in step.statements)
    return tuple(dict.fromkeys((*said, *(one.statement for gap in group for one in gap.denied))))


def _picture(
    answer: MechanismAnswer, paths: Sequence[MechanismPath], *, ghost: bool
) -> tuple[Picture, tuple[Step, ...]]:
    """The drawing, and those of its steps that are on none of the paths."""
    steps = {(step.subject.id, step.predicate, step.object.id): step for path in paths for step in path.steps}
    nodes = {ref.id: ref for path in paths for step in path.steps for ref in (step.start, step.end)}
    told = frozenset(steps)
    _join_inputs(answer, paths, steps, nodes)
    beside = tuple(step for key, step in sorted(steps.items()) if key not in told)
    targets = [node.entity for node in answer.graph.nodes if node.role == "target"]
    reached = {step.end.id for step in steps.values()}
    inner = {step.start.id for step in steps.values()} - reached  # part of something on the way, and no end of one
    if ghost:  # one drawing says it for all
        nodes.update((ref.id, ref) for ref in targets)
    last = [ref.id for ref in targets if ref.id in nodes and ref.id not in inner]
    drawn = layered_picture(
        nodes.values(),
        links_of(steps.values()),
        last=last,
        ghosts={name for name in last if name not in reached},
        meetings={node.entity.id: node.meeting for node in answer.graph.nodes if node.meeting},
    )
    return drawn, beside


def _join_inputs(
    answer: MechanismAnswer,
    paths: Sequence[MechanismPath],
    steps: dict[tuple[str, str, str], Step],
    nodes: dict[str, EntityRef],
) -> None:
    """Add what joint causes and complexes on the paths need beside them, and how the drug brings it about."""
    wanted = {(joint.node.id, joint.into.id) for path in paths for joint in path.joint_inputs}
    into: dict[str, list[Step]] = {}
    for edge in answer.graph.edges:
        into.setdefault(edge.step.end.id, []).append(edge.step)
    todo = [step for start, end in wanted for step in into.get(end, ()) if step.start.id == start]
    while todo:
        step = todo.pop()
        key = (step.subject.id, step.predicate, step.object.id)
        if key in steps:
            continue
        steps[key] = step
        is_new = step.start.id not in nodes
        nodes.update({step.start.id: step.start, step.end.id: step.end})
        if is_new and step.end.type == "JointCause":
            todo += [before for before in into.get(step.start.id, ()) if before.start.id in nodes]
