"""The error tree: exit codes, close matches, and the way across process borders."""

from __future__ import annotations

import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from movescreen import errors
from movescreen.errors import MovescreenError, UnknownNameError, find_close, suggest_names

CODES = {
    "InputError": 2, "VideoError": 2, "CatalogError": 2, "UnknownNameError": 2, "SettingsError": 2,
    "RecordsError": 2, "EditConflict": 2,
    "AnalysisError": 3, "NoPersonFound": 3, "TooFewValidFrames": 3, "PictureTurned": 3, "NoRepetitions": 3, "NeedsReferral": 3, "WordsUnread": 3, "QuestionsOpen": 3,
    "ClipAborted": 3, "TimedOut": 3, "WorkerLost": 3, "OutOfMemory": 3,
    "AssetError": 4,
}  # fmt: skip
CLASSES = {n: c for n, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, MovescreenError)}


def _make(name: str) -> MovescreenError:
    if name == "UnknownNameError":
        return UnknownNameError("movement", "sqat", ["squat", "lunge"])
    error: MovescreenError = CLASSES[name]("what happened", "what to do")
    return error


@pytest.mark.parametrize("name", CODES)
def test_exit_codes(name: str) -> None:
    assert CLASSES[name].exit_code == CODES[name]


def test_no_error_is_without_an_exit_code_and_names_are_stable_and_unique() -> None:
    assert set(CLASSES) - {"MovescreenError"} == set(CODES)
    codes = [CLASSES[n].code for n in CODES]
    assert len(set(codes)) == len(codes)


def test_the_tree_is_drawn_in_full() -> None:
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in CODES)


@pytest.mark.parametrize("name", CODES)
def test_errors_survive_pickling(name: str) -> None:
    error = _make(name)
    error.frames = 12  # type: ignore[attr-defined]
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (copy.message, copy.hint, str(copy), copy.exit_code) == (
        error.message,
        error.hint,
        str(error),
        error.exit_code,
    )
    assert copy.frames == 12
    assert copy.__dict__ == error.__dict__


def _fail() -> None:
    raise UnknownNameError("movement", "sqat", ["squat", "lunge"])


@pytest.mark.processes
def test_errors_cross_a_process_border() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(UnknownNameError) as caught:
        pool.submit(_fail).result(60)
    assert caught.value.known == ("squat", "lunge")


def test_a_near_miss_is_met_with_a_question_and_a_far_one_with_the_list() -> None:
    near = UnknownNameError("movement", "sqat", ["squat", "lunge", "bend"])
    assert near.message == "there is no movement called 'sqat'"
    assert near.hint == "did you mean squat?"
    far = UnknownNameError("movement", "zzz", ["squat", "lunge", "bend"])
    assert far.hint == "known: squat, lunge, bend"
    assert UnknownNameError("model", "ful", iter(["lite", "full"])).known == ("lite", "full")


def test_names_are_close_whatever_their_case_and_whichever_way_round_they_are_compared() -> None:
    assert find_close("c17", ["C017", "D900"], least=0.7) == ["C017"]
    assert find_close("C017", ["c17"], least=0.7) == ["c17"]
    assert find_close("sqat", ["squat", "squats", "lunge"], count=1) == ["squat"]
    assert find_close("anna", ["C017", "D900"], least=0.7) == []
    assert suggest_names(["MAX_FSP", "zzz"], ["MAX_FPS", "MODEL"], count=1, least=0.6) == "did you mean MAX_FPS?"
