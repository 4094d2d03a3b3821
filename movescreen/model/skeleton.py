"""Landmark names, edges and left/right pairs. The only module, beside the MediaPipe adapter, that knows indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Skeleton:
    """Named landmarks of a pose model.

    Attributes
    ----------
    name
        Name of the landmark set.
    landmarks
        Landmark names in the order of the arrays' landmark axis.
    edges
        Pairs of names that are joined by a line when drawn.
    pairs
        ``(left, right)`` names of landmarks that swap when the person is mirrored.
    """

    name: str
    landmarks: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    index: Mapping[str, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if len(set(self.landmarks)) != len(self.landmarks):
            raise ValueError("landmark names must be unique")
        object.__setattr__(self, "index", MappingProxyType({n: i for i, n in enumerate(self.landmarks)}))
        for a, b in (*self.edges, *self.pairs):
            if a not in self.index or b not in self.index:
                raise ValueError(f"edge or pair {a}-{b} names an unknown landmark")

    def __reduce__(self) -> tuple[object, ...]:
        return (Skeleton, (self.name, self.landmarks, self.edges, self.pairs))

    def indices(self, names: Iterable[str]) -> list[int]:
        """Return the positions of ``names`` on the landmark axis."""
        return [self.index[n] for n in names]

    def bones(self) -> list[tuple[str, str, str]]:
        """Return what a stick figure is drawn from: both ends, and ``left``, ``right`` or ``middle``; the mouth is not drawn."""
        sides = [
            (a, b, {name.partition("_")[0] for name in (a, b)}) for a, b in self.edges if not a.startswith("mouth")
        ]
        return [(a, b, side.pop() if len(side) == 1 else "middle") for a, b, side in sides]

    def mirror_order(self) -> list[int]:
        """Return the permutation that exchanges every left/right pair."""
        order = list(range(len(self.landmarks)))
        for left, right in self.pairs:
            order[self.index[left]], order[self.index[right]] = self.index[right], self.index[left]
        return order


_FACE = ("eye_inner", "eye", "eye_outer")
_SIDED = ("shoulder", "elbow", "wrist", "pinky", "index", "thumb", "hip", "knee", "ankle", "heel", "foot_index")


def _blazepose() -> Skeleton:
    names = ["nose"]
    names += [f"left_{n}" for n in _FACE] + [f"right_{n}" for n in _FACE]
    names += ["left_ear", "right_ear", "mouth_left", "mouth_right"]
    for part in _SIDED:
        names += [f"left_{part}", f"right_{part}"]
    pairs = [(f"left_{n}", f"right_{n}") for n in (*_FACE, "ear", *_SIDED)] + [("mouth_left", "mouth_right")]
    edges = [("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), ("mouth_left", "mouth_right")]
    for side in ("left", "right"):
        edges += [
            (f"{side}_shoulder", f"{side}_elbow"),
            (f"{side}_elbow", f"{side}_wrist"),
            (f"{side}_shoulder", f"{side}_hip"),
            (f"{side}_hip", f"{side}_knee"),
            (f"{side}_knee", f"{side}_ankle"),
            (f"{side}_ankle", f"{side}_heel"),
            (f"{side}_heel", f"{side}_foot_index"),
            (f"{side}_ankle", f"{side}_foot_index"),
        ]
    return Skeleton("blazepose33", tuple(names), tuple(edges), tuple(pairs))


#: The 33 landmarks of BlazePose / MediaPipe Pose.
BLAZEPOSE = _blazepose()
