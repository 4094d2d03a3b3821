"""The gate of pain: what keeps an exercise from a plan by the part that hurts, by the kind of pain and its day, and by the part's own rule.

Every score that was told can only close something or take a set away; none that is higher opens anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, USUAL_PAIN_LIMIT, Condition, PainCondition, Stage
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.intake.model import Pain
from movescreen.client.person import Person
from movescreen.client.plan.limits import Limit
from movescreen.client.plan.model import PlanPainRule
from movescreen.client.plan.pain_rules import name_place
from movescreen.client.plan.parts import Parts, find_parts, join_places, overlap
from movescreen.client.rules.gates import FLARE_FROM
from movescreen.client.rules.red_flags import is_asked
from movescreen.client.visits.scores import PAIN_COUNTS_FOR, PAIN_QUESTIONS, PainQuestion, PainScore, worst_pain
from movescreen.client.visits.visit import SessionNote, Visit
from movescreen.words.sentences import join_words

#: Pain, 0 to 10: from here on no weight where it hurts; only small exercises there; nothing at all before it was talked about.
NO_WEIGHT_FROM, QUIET_FROM, TALK_FIRST_FROM = USUAL_PAIN_LIMIT + 1, 6, FLARE_FROM
#: How a plan begins while pain was too much.
TALK_FIRST = "Talk first"
#: The worst of a week, brought by sport, beside which slow movement without a weight goes on where a part has a rule of its own.
ACCEPTABLE_TO = 5
#: Pain the day after training that takes what loads the part one step back.
STEP_BACK_FROM = 5
#: Later sessions, each told with its next morning, that take the place of what was told before; and what a worst of the week covers.
QUIET_SESSIONS, A_WEEK = 2, timedelta(days=7)


@dataclass(frozen=True)
class Sore:
    """A score, and the parts that it may be about."""

    score: PainScore
    parts: Parts


@dataclass(frozen=True, kw_only=True)
class PainGate:
    """What pain allows today.

    Attributes
    ----------
    sores
        The scores that count.
    rules
        Place -> its own rule, where more is allowed than elsewhere.
    loaded
        Exercise -> the parts that it loads.
    limits
        Where a plan ends for what loads which parts.
    masked
        Painkillers hide what pain would say.
    known
        Where it hurts, as far as that was told.
    light
        Place -> its own rule for movement without a weight, also where painkillers hide pain.
    trained
        Places with a rule of their own of which pain during training and the next morning were told, too: the worst of the week is then of
        sport, and closes what is fast.
    """

    sores: tuple[Sore, ...]
    rules: Mapping[str, PlanPainRule]
    loaded: Mapping[str, Parts]
    limits: tuple[Limit, ...] = ()
    masked: bool = False
    known: Parts = None
    light: Mapping[str, PlanPainRule] = field(default_factory=dict)
    trained: frozenset[str] = frozenset()

    @property
    def scores(self) -> tuple[PainScore, ...]:
        """The scores that count."""
        return tuple(sore.score for sore in self.sores)

    def too_much(self, exercise: str, *, of_sport: int | None = None) -> PainScore | None:
        """Return the worst pain of what an exercise loads that is more than the part may have; None when none is.

        Parameters
        ----------
        of_sport
            The worst of a week up to which sport is to blame where a part has a rule of its own, and then the morning after counts from a step
            back on; None for what is heavy: there every score counts.
        """
        parts = self.loaded.get(exercise)
        hidden = int(of_sport is not None or not self.masked)
        return worst_pain([
            sore.score for sore in self.sores
            for place in _places(sore.parts, parts) if sore.score.value > self.allowed(place, sore.score.question) * hidden
            and (of_sport is None or not self._bars_weight_alone(place, sore.score, of_sport))
        ])  # fmt: skip

    def is_of_sport(self, place: str, score: PainScore) -> bool:
        """Whether a score is the worst of a week, short of a flare, of a part whose training goes by a rule of its own."""
        return place in self.light and score.question == "pain_week" and score.value < TALK_FIRST_FROM

    def _bars_weight_alone(self, place: str, score: PainScore, of_sport: int) -> bool:
        morning = place in self.light and score.question == "pain_next_day" and score.value < STEP_BACK_FROM
        return morning or (self.is_of_sport(place, score) and score.value <= of_sport)

    def allowed(self, place: str, question: PainQuestion) -> int:
        """Return how much pain of a kind a part may have, 0 to 10, so that weight goes on."""
        rule = self.rules.get(place)
        if rule is None or rule.limit is None:
            return USUAL_PAIN_LIMIT
        if question == "pain_week" and place in self.trained:
            return TALK_FIRST_FROM - 1
        own = {"pain_now": rule.at_rest, "pain_next_day": rule.next_morning}.get(question)
        return rule.limit if own is None else own

    def tolerance(self, exercise: str) -> tuple[int, int]:
        """Return the pain during an exercise, and the next morning, with which it may go up."""
        parts = self.loaded.get(exercise)
        places = {place for sore in self.sores for place in _places(sore.parts, parts) if sore.score.value}
        found = [(self.allowed(each, "pain_during"), self.allowed(each, "pain_next_day")) for each in places]
        return min(found, default=(USUAL_PAIN_LIMIT, USUAL_PAIN_LIMIT))

    def own_bars(self, spec: ExerciseSpec, *, in_pathway: bool) -> tuple[Condition, ...]:
        """Return what an exercise is not done with, its bars of pain no stricter than the own rule of a part.

        Only for what a complaint's pathway brings, never for what is fast, and only while all pain of what it loads is within the rule; the
        worst of a week, which sport brings, and a morning short of a step back bar no hold, and no slow movement without a weight up to 5.
        """
        if not (in_pathway and self.light) or spec.impact or spec.stage == "speed":
            return spec.not_with
        light = (
            None
            if spec.weighted or spec.stage == "load"
            else TALK_FIRST_FROM - 1
            if spec.dose.hold_s
            else ACCEPTABLE_TO
        )
        if (light is None and self.masked) or self.too_much(spec.id, of_sport=light) is not None:
            return spec.not_with
        return tuple(bar for each in spec.not_with for bar in self._by_rule(each, light or 0))

    def _by_rule(self, condition: Condition, of_sport: int) -> Iterator[Condition]:
        """Yield a bar, place by place where one of them has a rule of its own; a bar about a spot stays as it is."""
        own = isinstance(condition, PainCondition) and condition.spot is None and condition.not_at is None
        if not (own and isinstance(condition, PainCondition) and set(condition.places) & set(self.light)):
            yield condition
            return
        for place in condition.places:
            rule = self.light.get(place)
            limit = (
                max(self.allowed(place, "pain_week"), of_sport) if rule is not None and rule.limit is not None else -1
            )
            yield condition.model_copy(update={"places": (place,), "at_least": max(condition.at_least, limit + 1)})

    @property
    def session_tolerance(self) -> tuple[int, int]:
        """Return the pain of a whole session, and of its next morning, that is within the rules of all parts that hurt."""
        found = [(self.allowed(each, "pain_during"), self.allowed(each, "pain_next_day")) for each in self.known or ()]
        return min(found, default=(USUAL_PAIN_LIMIT, USUAL_PAIN_LIMIT))

    def loads_sore(self, exercise: str) -> bool:
        """Tell whether an exercise loads what hurts; where that was not told, every one may."""
        return overlap(self.known, self.loaded.get(exercise))

    def takes_a_set(self, exercise: str) -> bool:
        """Tell whether an exercise begins with a set less: what it loads hurts too much, or nobody asked of late, which is not "no"."""
        return not self.sores or self.too_much(exercise) is not None


def open_pain_gate(
    person: Person, visits: Sequence[Visit], rules: Sequence[PlanPainRule], catalog: ClientCatalog, *, lasting: bool = False
) -> PainGate:  # fmt: skip
    """Return what pain allows today.

    Parameters
    ----------
    rules
        The own rules of parts.
    lasting
        Pain counts as it was told last, however long ago; nobody asked is nothing.

    Notes
    -----
    The pain-monitoring model calls up to 3 of 10 safe, 4 and 5 acceptable and more than 5 not (Silbernagel KG et al. Am J Sports Med
    2007;35:897-906; the numbers were read in a secondary text, bim.physio/the-pain-monitoring-model, and stem from Achilles
    tendons under supervision). The limits of what has no rule of its own are the choice of movescreen and no looser: nobody watches a plan
    that is done at home. A tendon's own rule opens weight up to its limit and never what is fast; at rest and the next morning it allows
    less than the model, also by choice. The worst of a week is what sport brings: of such a part it closes what is fast, and, until training was
    told with its mornings, weight; the holds that calm a tendon go on (athletes with a sore kneecap tendon played on, and holds and slow
    weights alike eased it within four weeks: van Ark M et al. J Sci Med Sport 2016;19:702-706, abstract read). Pain counts for 14 days; two later sessions with their mornings, or a later week that does
    not overlap, take its place, but not that of a flare of 7 and more. Of whom painkillers hide the pain, any pain counts as too much.
    """
    loaded = {name: find_parts(spec, catalog) for name, spec in catalog.exercises.items()}
    ever = sorted(_place_all(person, visits, loaded), key=lambda sore: sore.score.day)
    until = ever[-1].score.day if ever and lasting else person.today
    fresh = [sore for sore in ever if until - sore.score.day <= PAIN_COUNTS_FOR]
    masked = any(spec.masks_pain and person.answer(spec.id) for spec in catalog.red_flags.values())
    own = {} if masked else {rule.place: rule for rule in rules if rule.place and (rule.limit or 0) > USUAL_PAIN_LIMIT}
    gate = PainGate(
        sores=tuple(_without_outlived(fresh, visits, until)),
        rules=own,
        light={r.place: r for r in rules if r.place and (r.limit or 0) > USUAL_PAIN_LIMIT},
        trained=frozenset(place for place in own if _is_trained(place, fresh)),
        loaded=loaded,
        masked=masked,
        known=_find_known(person),
    )
    if fresh or lasting:
        return replace(gate, limits=tuple(_close(gate)))
    told = f"; the last word is of {ever[-1].score.day}, and counts as not asked" if ever else ""
    return replace(
        gate, limits=(Limit("integration", f"nobody asked about pain in the last 14 days{told}", None, "pain"),)
    )


def talk_first_words(pain: Sequence[PainScore]) -> str:
    """Return what stands before anything else on the page when pain was too much; else nothing."""
    worst = worst_pain(pain)
    if worst is None or worst.value < TALK_FIRST_FROM:
        return ""
    return f"{TALK_FIRST}: {worst.words}. Nothing is loaded before trainer and client have talked about it. "


def ask_first_words(pain: Sequence[PainScore]) -> list[str]:
    """Return what the trainer asks before anything is tested or trained when pain was too much, and when to refer; nothing otherwise."""
    if not talk_first_words(pain):
        return []
    return [
        "Ask first, and hand nothing out before; test nothing: what brought the pain on, how it was since, at rest and at night, and whether the part gives way, locks, swells or is numb. "
        f"A yes, or {TALK_FIRST_FROM} of 10 still at the next look: a doctor or physiotherapist before anything is trained there."
    ]


def ask_again_words(person: Person, pain: Sequence[PainScore], catalog: ClientCatalog) -> str:
    """Return what is asked again before anything, since pain was too much after the health questions were answered; else nothing."""
    flares = [score for score in pain if score.value >= TALK_FIRST_FROM]
    if not flares or person.intake is None or person.intake.day >= max(score.day for score in flares):
        return ""
    asked = [each for each in catalog.red_flags.values() if each.again_after_flare and is_asked(each, person)]
    if not asked:
        return ""
    about = join_words(each.short or each.id.replace("_", " ") for each in asked)
    told = f"the answers of {person.intake.day} are older than the pain"
    return f"Before anything else the trainer asks again about {about}: {told}."


# --- which scores count ----------------------------------------------------------------------


def _place_all(person: Person, visits: Sequence[Visit], loaded: Mapping[str, Parts]) -> list[Sore]:
    told = person.intake.pains if person.intake else None
    day = person.intake.day if person.intake else date.min
    sores = [
        Sore(score, join_places(frozenset({pain.place})))
        for pain in told or ()
        for score in (PainScore(day, "pain_now", pain.now), PainScore(day, "pain_week", pain.week))
    ]
    sores += [Sore(PainScore(day, "pain_week", 0), None)] if told == () else []
    # what a note tells is of what hurts as far as it is known
    known = _find_known(person)
    for visit in visits:
        for note in visit.notes:
            sores += [
                Sore(
                    PainScore(visit.day, name, score),
                    _of_whom(name, score, parts, person) if visit.day == day else parts,
                )
                for name, score, parts in _read(note, known, loaded)
            ]
    return [sore for sore in sores if sore.score.day <= person.today]


def _of_whom(question: PainQuestion, score: int, parts: Parts, person: Person) -> Parts:
    """Return the parts that a score of the day of the conversation is of: of those named there the ones that hurt as much, if any does."""
    read: Mapping[str, Callable[[Pain], int]] = {"pain_now": lambda pain: pain.now, "pain_week": lambda pain: pain.week}
    pains = (person.intake.pains if person.intake else None) or ()
    if question not in read or parts is None:
        return parts
    as_much = frozenset(pain.place for pain in pains if read[question](pain) >= score)
    return join_places(as_much) if as_much else parts


def _find_known(person: Person) -> Parts:
    return join_places(frozenset(pain.place for pain in (person.intake.pains if person.intake else None) or ()))


def _read(note: SessionNote, known: Parts, loaded: Mapping[str, Parts]) -> list[tuple[PainQuestion, int, Parts]]:
    """Return the scores of a note with their parts; with an exercise that loads nothing of what hurts it is of what the exercise loads."""
    found: list[tuple[PainQuestion, int, Parts]] = []
    for name in PAIN_QUESTIONS:
        if (score := getattr(note, name)) is not None:
            found.append((name, score, known))
    for each in note.exercises:
        parts = loaded.get(each.exercise)
        about = known if overlap(known, parts) else parts
        told: tuple[tuple[PainQuestion, int | None], ...] = (
            ("pain_during", each.pain_during),
            ("pain_next_day", each.pain_next_day),
        )
        found += [(name, score, about) for name, score in told if score is not None]
    return found


def _without_outlived(sores: Sequence[Sore], visits: Sequence[Visit], until: date) -> list[Sore]:
    """Return the scores without those in whose place later ones have come; which day it was decides, never how high the later ones are."""
    notes = [(visit.day, note) for visit in visits if visit.day <= until for note in visit.notes]
    whole = sorted(
        {
            day
            for day, note in notes
            if note.worst("pain_during") is not None and note.worst("pain_next_day") is not None
        }
    )
    weeks = [day for day, note in notes if note.pain_week is not None]
    outlived = whole[-QUIET_SESSIONS] if len(whole) >= QUIET_SESSIONS else date.min
    covered = max(weeks, default=None)

    def stays(score: PainScore) -> bool:
        by_week = covered is not None and score.day <= covered - A_WEEK
        return score.value >= TALK_FIRST_FROM or not (score.day < outlived or by_week)

    return [sore for sore in sores if stays(sore.score)]


def _is_trained(place: str, sores: Sequence[Sore]) -> bool:
    """Whether pain during training and the next morning were told that may be of a place."""
    told = {sore.score.question for sore in sores if sore.parts is None or place in sore.parts}
    return {"pain_during", "pain_next_day"} <= told


# --- what they close -------------------------------------------------------------------------


def _close(gate: PainGate) -> list[Limit]:
    """Return the limits, those that hold everywhere first: of each place the strictest, and places with one limit together."""
    by_place: dict[str, list[PainScore]] = {}
    anywhere: set[PainScore] = set()
    for sore in gate.sores:
        # a flare of a part that is known leaves body weight elsewhere, and no weights anywhere
        if sore.parts is None:
            anywhere.add(sore.score)
        everywhere = sore.parts is None or sore.score.value >= TALK_FIRST_FROM
        for place in (*[""] * everywhere, *sorted(sore.parts or ())):
            by_place.setdefault(place, []).append(sore.score)
    grouped: dict[tuple[Stage, str, bool], set[str]] = {}
    for place, scores in by_place.items():
        spared = () if place else scores
        ends = {
            score: "integration" if score in spared and score not in anywhere else stage
            for score in scores if (stage := _end(gate, place, score)) is not None
        }  # fmt: skip
        if not ends:
            continue
        first = min(ends.values(), key=STAGES.index)
        decide = [score for score in scores if ends.get(score) == first]
        worst = worst_pain([*decide, *(score for score in scores if score.value < max(s.value for s in decide))])
        if worst is not None:
            of_sport = bool(place) and not gate.masked and all(score.question == "pain_week" for score in decide)
            grouped.setdefault((first, f"{worst.words}: {_because(gate, place, worst, first)}", of_sport), set()).add(
                place
            )
    limits = [
        Limit(
            stage,
            words.replace("{where}", join_words(map(name_place, sorted(places)))),
            _as_parts(places),
            "pain",
            of_sport,
        )
        for (stage, words, of_sport), places in grouped.items()
    ]
    return sorted(limits, key=lambda limit: (limit.parts is not None, STAGES.index(limit.stage)))


def _as_parts(places: set[str]) -> Parts:
    return None if "" in places else frozenset(places)  # type: ignore[arg-type]


def _end(gate: PainGate, place: str, score: PainScore) -> Stage | None:
    """Return the stage with which a plan ends for what loads a place; None when pain stands in no way."""
    if gate.is_of_sport(place, score):
        beyond = score.value > gate.allowed(place, score.question) or (gate.masked and score.value)
        return "integration" if beyond else "load" if score.value >= NO_WEIGHT_FROM else None
    if score.value >= QUIET_FROM or (score.question == "pain_next_day" and score.value >= STEP_BACK_FROM):
        return "activation"
    if score.value > gate.allowed(place, score.question) or (gate.masked and score.value):
        return "integration"
    return "load" if score.value >= NO_WEIGHT_FROM else None


def _because(gate: PainGate, place: str, score: PainScore, stage: Stage) -> str:
    on = " on the {where}" if place else ""
    if score.value >= TALK_FIRST_FROM:
        return "no load, talk first"
    if stage == "activation":
        back = score.question == "pain_next_day" and score.value >= STEP_BACK_FROM
        return "one step back, and ask again after the next session" if back else "quiet it first"
    if stage == "load":
        return "the {where} may have it by its own pain rule: weight goes on, nothing fast"
    if gate.masked:
        return f"painkillers hide pain, so weight{on} comes when it is told without them"
    if place in gate.rules:
        return "more than the {where} may have by its own pain rule; weight comes when it keeps to it"
    return f"heavier weight{on} comes at {USUAL_PAIN_LIMIT} or less"


def _places(sore: Parts, exercise: Parts) -> frozenset[str]:
    """Return the places that a score and an exercise have in common; an empty one, which has no rule, for one that is not known."""
    if sore is None:
        return frozenset({""})
    return frozenset(sore if exercise is None else sore & exercise)
