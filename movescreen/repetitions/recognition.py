"""Which movement is it? Repetitions of every candidate are compared with the traits its catalog file lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from movescreen.catalog.schema import FeatureSpec, MovementSpec
from movescreen.model import BoolArray, FloatArray, MovementMatch, Repetition, read_statistic
from movescreen.repetitions.counting import find_repetitions

#: A repetition that fits its movement less than this is not one of its repetitions.
MIN_REP_FIT = 0.35
#: When fewer of a movement's repetitions than this share fit, what was done is something else that looks like it now and then.
MIN_FITTING_SHARE = 0.4
#: In so many of the frames in and around a repetition the person must be seen, and how far around, s.
MIN_SEEN_SHARE, _AROUND_S = 0.6, 1.0
#: A movement whose best score is below this is not recognized: the first with several repetitions, the second with a single one.
MIN_MOVEMENT_SCORE, MIN_SINGLE_SCORE = 0.5, 0.8


@dataclass(frozen=True)
class Candidate:
    """Repetitions found for one movement, and how well each fits.

    Attributes
    ----------
    spec
        The movement.
    reps
        Repetitions of its driving signal.
    fits
        How well each repetition matches the movement's traits, 0..1.
    unlike
        For each repetition the signals of the traits that it does not match, that of the least first; never empty, but where that
        was not asked for.
    """

    spec: MovementSpec
    reps: tuple[Repetition, ...]
    fits: tuple[float, ...]
    unlike: tuple[tuple[str, ...], ...] = ()

    @property
    def fitting(self) -> int:
        """How many repetitions fit."""
        return sum(fit >= MIN_REP_FIT for fit in self.fits)

    @property
    def score(self) -> float:
        """Mean fit of the complete repetitions that fit at all, weighted down by those that do not.

        0 without a complete repetition: half a movement is not recognized. A posture that is held is one however long it lasts.
        """
        held = self.spec.reps.kind == "hold"
        fits = [f for f, rep in zip(self.fits, self.reps, strict=True) if rep.complete or held]
        good = [f for f in fits if f >= MIN_REP_FIT]
        share = len(good) / len(fits) if fits else 0.0
        return float(np.mean(good) * share**0.5) if good and share >= MIN_FITTING_SHARE else 0.0


def find_candidates(
    time_s: FloatArray, drivers: Mapping[str, FloatArray], specs: Sequence[MovementSpec]
) -> dict[str, tuple[Repetition, ...]]:
    """Return the repetitions of each movement's driving signals, by movement name."""
    return {s.name: tuple(find_repetitions(s, time_s, drivers)) for s in specs}


def compute_fit(feature: FeatureSpec, rep: Repetition, time_s: FloatArray, values: FloatArray) -> float:
    """Return how well one trait is met in one repetition, 0..1; 0 when it could not be measured, unless it is optional."""
    value = read_statistic(feature.statistic, rep, time_s, values)
    if not np.isfinite(value):
        return feature.unknown if feature.optional else 0.0
    below = (feature.min - value) / feature.soft if feature.min is not None else 0.0
    above = (value - feature.max) / feature.soft if feature.max is not None else 0.0
    return float(np.clip(1.0 - max(below, above, 0.0), 0.0, 1.0))


def build_candidate(
    spec: MovementSpec,
    reps: Sequence[Repetition],
    time_s: FloatArray,
    signals: Mapping[str, FloatArray],
    seen: BoolArray | None = None,
) -> Candidate:
    """Return a candidate with the fit of each repetition: that of its worst trait, listed or held by known repetitions.

    Parameters
    ----------
    seen
        ``(n,)`` frames in which somebody was found: a repetition in and around which the person is mostly not seen fits nothing.
        All when None.
    """
    traits = (*spec.recognise, *spec.known_traits())
    ranked = [sorted((compute_fit(f, rep, time_s, signals[f.signal]), f.signal) for f in traits) for rep in reps]
    fits = tuple(
        each[0][0] if seen is None or _is_seen(rep, time_s, seen) else 0.0
        for each, rep in zip(ranked, reps, strict=True)
    )
    unlike = (tuple(dict.fromkeys(s for fit, s in each if fit < MIN_REP_FIT)) or (each[0][1],) for each in ranked)
    return Candidate(spec, tuple(reps), fits, tuple(unlike))


def find_nearest(candidates: Sequence[Candidate]) -> tuple[MovementSpec, tuple[str, ...]] | None:
    """Return the movement that most of the repetitions of a clip that shows none come near to, and the signals that speak against it.

    None where no movement is near: less than two repetitions, or more than two traits that are not met in most of them.
    """
    near = []
    for candidate in candidates:
        whole = [u for u, rep in zip(candidate.unlike, candidate.reps, strict=True) if rep.complete and len(u) <= _NEAR]
        if len(whole) >= max(_NEAR, sum(rep.complete for rep in candidate.reps) / 2):
            against = tuple(dict.fromkeys(signal for signals in whole for signal in signals))
            near.append((len(against), -len(whole), candidate.spec, against))
    if not near:
        return None
    _, _, spec, against = min(near, key=lambda each: each[:2])
    return spec, against


#: So many traits may speak against a movement that is called the nearest, and so many repetitions must come near it.
_NEAR = 2


def _is_seen(rep: Repetition, time_s: FloatArray, seen: BoolArray) -> bool:
    around = (time_s >= rep.start_s - _AROUND_S) & (time_s <= rep.end_s + _AROUND_S)
    return bool(seen[around].mean() >= MIN_SEEN_SHARE)


def recognize_movement(candidates: Sequence[Candidate]) -> MovementMatch:
    """Return the movement that fits best, or ``none``; of those that fit alike the one of which more repetitions are seen.

    The confidence is the best score, lowered by how near the second one comes.
    """
    scores = {c.spec.name: round(c.score, 3) for c in candidates}
    ranked = sorted(candidates, key=lambda c: (c.score, c.fitting), reverse=True)
    if not ranked or ranked[0].score < (MIN_MOVEMENT_SCORE if ranked[0].fitting > 1 else MIN_SINGLE_SCORE):
        best = ranked[0].score if ranked else 0.0
        return MovementMatch(name="none", confidence=round(1.0 - best, 3), scores=scores)
    second = ranked[1].score if len(ranked) > 1 else 0.0
    confidence = ranked[0].score * (1.0 - 0.5 * second / ranked[0].score)
    return MovementMatch(name=ranked[0].spec.name, confidence=round(confidence, 3), scores=scores)


def assign_sides(
    spec: MovementSpec,
    reps: Sequence[Repetition],
    time_s: FloatArray,
    signals: Mapping[str, FloatArray],
    known: str = "",
) -> list[Repetition]:
    """Return the repetitions numbered from 1, with the side that the movement's file asks for; ``known`` when the user said it.

    Of postures that are held on one leg those on the other leg are left out: which one stands is seen beyond doubt.
    """
    out: list[Repetition] = []
    for rep in reps:
        side = known if spec.reps.side_from != "none" else ""
        if spec.reps.side_from != "none" and (not known or spec.reps.kind == "hold"):
            side = _seen_side(spec, rep, time_s, signals)
            if known and side != known:
                continue
        out.append(replace(rep, number=len(out) + 1, side=side))
    return out


def _seen_side(spec: MovementSpec, rep: Repetition, time_s: FloatArray, signals: Mapping[str, FloatArray]) -> str:
    """Return the leg in front, or the one on the ground: the other foot is the higher one."""
    if spec.reps.side_from == "front_leg":
        return "left" if read_statistic("median", rep, time_s, signals["stance_split"]) > 0 else "right"
    return "right" if read_statistic("median", rep, time_s, signals["foot_lift"]) > 0 else "left"
