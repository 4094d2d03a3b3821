"""A catalog of one's own, laid over the packaged one: what it may change, what it may only make stricter, what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from movescreen.catalog import load_catalog
from movescreen.catalog import loader as loader_module
from movescreen.catalog.client_loader import ClientCatalog, load_client_catalog
from movescreen.catalog.new_check import write_new_check
from movescreen.catalog.norms_library import load_norms
from movescreen.catalog.own_catalog import describe_own, list_changes, load_whole
from movescreen.catalog.schema import ThresholdCheck
from movescreen.client.intake.model import Pain
from movescreen.client.visits.visit import MovementPain, SessionNote
from movescreen.errors import CatalogError, InputError, UnknownNameError
from movescreen.measures import MEASURES
from movescreen.pipeline import known_signals
from tests.support.clients import make_person, make_visit
from tests.support.own import NEW_CHECK, OWN_LIMIT, write_own
from tests.support.plans import make_plan

PACKAGED = Path(loader_module.__file__).parent
Write = Callable[[str, str], Path]


@pytest.fixture
def own(tmp_path: Path) -> Write:
    """Return what writes a file of the catalog ``clinic`` and returns its folder."""
    return lambda name, text: write_own(tmp_path / "clinic", name, text)


def mistakes(*folders: Path) -> str:
    with pytest.raises(CatalogError) as error:
        load_whole(folders, known_signals(), MEASURES)
    assert error.value.hint
    assert "\n" not in error.value.message
    return error.value.message


def squat_check(folder: Path, name: str) -> ThresholdCheck:
    found = load_catalog([folder]).movement("squat").check(name)
    assert isinstance(found, ThresholdCheck)
    return found


# --- what is laid over ---------------------------------------------------------------------


def test_an_own_limit_changes_only_the_keys_that_it_names(own: Write) -> None:
    folder = own("movements/squat.toml", OWN_LIMIT)
    packaged, changed = load_catalog().movement("squat"), load_catalog([folder]).movement("squat")
    check = squat_check(folder, "weight_shift")
    assert (check.flag, check.note, check.absolute) == (8.0, 5.0, True)
    assert check.source.citation == "Our practice, since 2025"
    assert check.source.note == "", "half of the packaged source would be a false one"
    assert check.message == packaged.check("weight_shift").message
    assert [c.id for c in changed.checks] == [c.id for c in packaged.checks]
    assert all(changed.check(c.id) == c for c in packaged.checks if c.id != "weight_shift")
    assert load_catalog([folder]).movement("overhead_squat") == load_catalog().movement("overhead_squat")
    assert load_catalog().movement("squat") == packaged, "the packaged catalog stays as it is"


def test_own_words_need_no_source_and_leave_the_limit_its_own(own: Write) -> None:
    folder = own(
        "movements/squat.toml",
        '[[checks]]\nid = "heel_rise"\ncue = "Heels heavy."\n[checks.plain]\nsaw = "Your {side} heel came up."\n',
    )
    before, after = load_catalog().movement("squat").check("heel_rise"), squat_check(folder, "heel_rise")
    assert (after.cue, after.plain.saw, after.plain.good) == (
        "Heels heavy.",
        "Your {side} heel came up.",
        before.plain.good,
    )
    assert after.source == before.source
    (told,) = describe_own([folder])
    assert [(e.kind, e.name, e.keys, e.sets_limit) for e in told.entries] == [
        ("check", "squat:heel_rise", ("cue", "plain.saw"), False)
    ]


def test_a_check_with_an_unknown_id_is_a_new_one(own: Write) -> None:
    folder = own("movements/squat.toml", NEW_CHECK)
    assert squat_check(folder, "hips_aside").flag == 4.0
    assert len(load_catalog([folder]).movement("squat").checks) == len(load_catalog().movement("squat").checks) + 1
    (told,) = describe_own([folder])
    assert [(e.name, e.sets_limit) for e in told.entries] == [("squat:hips_aside", True)]


def test_a_movement_of_ones_own_may_extend_one_that_is_there(own: Write) -> None:
    folder = own(
        "movements/wall_squat.toml",
        'extends = "squat"\ntitle = "Wall squat"\nplain_name = "squat at a wall"\n' + OWN_LIMIT,
    )
    own("movements/deep_wall_squat.toml", 'extends = "wall_squat"\ntitle = "Deep wall squat"\n')
    catalog = load_catalog([folder])
    assert catalog.movement("wall_squat").check("weight_shift").flag == 8.0  # type: ignore[attr-defined]
    assert catalog.movement("deep_wall_squat").check("weight_shift").flag == 8.0  # type: ignore[attr-defined]
    assert catalog.movement("squat").check("weight_shift").flag == 10.0  # type: ignore[attr-defined]
    assert {(e.kind, e.name) for e in describe_own([folder])[0].entries} == {
        ("movement", "wall_squat"), ("movement", "deep_wall_squat"), ("check", "wall_squat:weight_shift"),
    }  # fmt: skip


def test_the_later_folder_wins_and_the_diff_tells_the_packaged_value(own: Write, tmp_path: Path) -> None:
    first = own("movements/squat.toml", OWN_LIMIT + NEW_CHECK)
    second = write_own(
        tmp_path / "team", "movements/squat.toml", OWN_LIMIT.replace("8.0", "9.0").replace("Our practice", "The team")
    )
    assert load_catalog([first, second]).movement("squat").check("weight_shift").flag == 9.0  # type: ignore[attr-defined]
    assert load_catalog([second, first]).movement("squat").check("weight_shift").flag == 8.0  # type: ignore[attr-defined]
    changes = {(c.entry, c.key): (c.before, c.own, c.catalog) for c in list_changes([first, second])}
    assert changes["squat:weight_shift", "flag"] == (10.0, 9.0, "team")
    assert changes["squat:weight_shift", "note"] == (6.0, 5.0, "clinic"), "the later one says the same"
    assert changes["squat:hips_aside", ""] == (None, None, "clinic")


def test_protocols_norms_and_exercises_can_be_added_and_changed(own: Write) -> None:
    protocol = (PACKAGED / "protocols/squat.toml").read_text("utf-8")
    own(
        "protocols/ours.toml",
        protocol.replace('name = "squat"', 'name = "ours"').replace('title = "Squat"', 'title = "Ours"', 1),
    )
    own("protocols/squat.toml", '[[parts]]\nid = "squat_front"\nrepetitions = 7\n')
    own("norms/clinic.toml", """
title = "Our own people"
[[norms]]
id = "our_knee_to_wall"
kind = "mean"
quantity = "knee_flexion_rom"
unit = "deg"
method = "active_goniometer"
population = "our runners"
citation = "Our practice, 2025"
verified = "own_tolerance"
mean = 140
sd = 6
[[norms]]
id = "squat_depth_half"
high = 105
citation = "Our practice, 2025"
verified = "own_tolerance"
""")  # fmt: skip
    folder = own("exercises/ours.toml", '[[exercises]]\nid = "star_reach"\npace = "Slowly, with a breath each."\n')
    catalog, norms, care = load_whole([folder], known_signals(), MEASURES)
    assert catalog.protocol("ours").title == "Ours"
    assert [p.repetitions for p in catalog.protocol("squat").parts] == [7, 5]
    rows = {row.id: row for row in norms}
    assert rows["our_knee_to_wall"].citation == "Our practice, 2025"
    assert rows["squat_depth_half"].high == 105  # type: ignore[union-attr]
    assert len(rows) == len(list(load_norms())) + 1
    assert care.exercises["star_reach"].pace == "Slowly, with a breath each."
    assert care.exercises["star_reach"].dose == load_client_catalog().exercises["star_reach"].dose


def test_a_full_copy_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for part in ("movements", "measurement", "protocols", "norms", "red_flags", "history", "hand_tests", "needs", "exercises", "profiles", "gates", "pathways"):  # fmt: skip
        shutil.copytree(PACKAGED / part, copy / part)
    assert list_changes([copy]) == ()
    catalog, norms, care = load_whole([copy], known_signals(), MEASURES)
    assert catalog.movements == load_catalog().movements
    assert norms.sets == load_norms().sets
    assert care.red_flags == load_client_catalog().red_flags


def test_a_changed_file_is_read_again_and_makes_another_hash(own: Write) -> None:
    folder = own("movements/squat.toml", OWN_LIMIT)
    first = load_catalog([folder])
    assert load_catalog([folder]) is first, "read once while the files stay the same"
    own("movements/squat.toml", OWN_LIMIT.replace("8.0", "7.0"))
    again = load_catalog([folder])
    assert again.movement("squat").check("weight_shift").flag == 7.0  # type: ignore[attr-defined]
    assert len({first.sha256, again.sha256, load_catalog().sha256}) == 3


def test_own_exercises_make_no_result_another_one(own: Write) -> None:
    folder = own("exercises/ours.toml", '[[exercises]]\nid = "star_reach"\npace = "Slowly, with a breath each."\n')
    assert load_catalog([folder]).sha256 == load_catalog().sha256
    assert describe_own([folder])[0].sha256 != load_catalog().sha256


OWN_EXERCISE = """
[[exercises]]
id = "sled_push"
title = "Push the sled"
stage = "load"
serves = ["leg_strength"]
movements = ["lunge"]
how = "Arms long, body one line; push the ground away behind you for 15 m."
dose = { sets = 4, reps = 1, per_week = 2 }
pace = "steady steps"
feel = "thighs and calves"
stop = "pain above 2 of 10"
harder = "More weight."
easier = "Less weight."
regress = "split_squat"
not_with = [{ kind = "pain", places = ["knee"], at_least = 2 }]
evidence = "opinion"
[exercises.source]
citation = "Our practice, since 2025"
verified = "own_tolerance"
"""


def test_an_own_exercise_is_in_the_plan_before_equals_and_behind_every_ban(own: Write) -> None:
    care, norms = load_client_catalog([own("exercises/ours.toml", OWN_EXERCISE)]), load_norms()
    assert care.own_exercises == {"sled_push"}
    assert load_client_catalog().own_exercises == frozenset()
    strong: dict[str, Any] = {"goals": ("return_to_sport",), "sports": ("jumping_and_turning",)}

    def planned(catalog: ClientCatalog, **told: Any) -> set[str]:
        plan = make_plan(make_person(**(strong | told)), (make_visit(),), catalog, norms)
        return {each.exercise for each in plan.exercises if each.stage == "load"}

    assert planned(care) == {"sled_push"}
    assert planned(load_client_catalog())
    assert "sled_push" not in planned(load_client_catalog())
    assert "sled_push" not in planned(care, pains=(Pain(place="knee", side="left", now=1, week=2),))
    hurt = make_visit(notes=(SessionNote(movement_pain=(MovementPain(movement="lunge", score=5),)),))
    plan = make_plan(make_person(**strong), (hurt,), care, norms)
    assert "sled_push" not in {each.exercise for each in plan.exercises}


def test_own_words_of_a_packaged_exercise_are_printed(own: Write) -> None:
    care = load_client_catalog(
        [own("exercises/ours.toml", '[[exercises]]\nid = "box_squat"\nhow = "Sit to the blue box."\n')]
    )
    assert care.exercise("box_squat").how == "Sit to the blue box."
    assert care.exercise("box_squat").not_with == load_client_catalog().exercise("box_squat").not_with
    assert list(care.exercises) == list(load_client_catalog().exercises)
    plan = make_plan(make_person(goals=("daily_life",)), (make_visit(),), care, load_norms())
    assert "Sit to the blue box." in {each.how for each in plan.exercises}


# --- whose limit it is ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("movements/squat.toml", '[[checks]]\nid = "weight_shift"\nflag = 8.0\n', "checks.weight_shift: source: flag changed, so say whose limit it is"),
        ("movements/squat.toml", '[[checks]]\nid = "heel_rise"\nmax_status = "borderline"\n', "checks.heel_rise: source: max_status changed"),
        ("movements/squat.toml", '[[checks]]\nid = "weight_shift"\nflag = 8.0\n[checks.source]\ncitation = "Ours, 2025"\n', "checks.weight_shift.source.verified: is missing"),
        ("movements/single_leg_stance.toml", '[[measures]]\nname = "stance_time"\nerror = { fixed = 0.01 }\n', "measures.stance_time: error_from: error changed"),
        ("norms/squat.toml", '[[norms]]\nid = "squat_depth_half"\nhigh = 105\n', "norms.squat_depth_half: citation: high changed"),
        ("norms/squat.toml", '[[norms]]\nid = "squat_depth_half"\nhigh = 105\ncitation = "Ours, 2025"\n', "citation: high changed"),
        ("gates/ours.toml", '[[gates]]\nid = "{gate}"\nat_least = 1.0\n', "source: at_least changed"),
        ("needs/ours.toml", '[[needs]]\nid = "balance"\nevidence = "strong"\n', "source: evidence changed"),
    ],
)  # fmt: skip
def test_a_changed_limit_needs_a_source_of_its_own(own: Write, name: str, text: str, told: str) -> None:
    which = next(gate.id for gate in load_client_catalog().gates.values() if gate.at_least is not None)
    folder = own(name, text.replace("{gate}", which))
    assert told in mistakes(folder)


def test_the_packaged_source_is_no_source_for_another_limit(own: Write) -> None:
    text = (PACKAGED / "movements/squat.toml").read_text("utf-8")
    folder = own("movements/squat.toml", text.replace("flag = 10.0\nnote = 6.0", "flag = 8.0\nnote = 6.0"))
    assert "checks.weight_shift: source: flag changed" in mistakes(folder)


# --- what can only be made stricter --------------------------------------------------------

SOURCE = '\n[{0}.source]\ncitation = "Our practice, 2025"\nverified = "own_tolerance"\n'
FLAG = '[[flags]]\nid = "{0}"\n{1}' + SOURCE.format("flags")
WORDS = '[[words]]\nid = "{0}"\n{1}' + SOURCE.format("words")
PATHWAY = '[[pathways]]\nid = "knee_ligament"\n'
SAFETY = '[[safety]]\nid = "{0}"\n{1}' + SOURCE.format("safety")
PROFILE = '[[profiles]]\nid = "{0}"\n{1}' + SOURCE.format("profiles")


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("red_flags/ours.toml", FLAG.format("saddle_numbness", 'urgency = "mention"'), "urgency"),
        ("red_flags/ours.toml", FLAG.format("saddle_numbness", "asked_if = [{ kind = \"pregnant\" }]"), "asked_if"),
        ("red_flags/ours.toml", FLAG.format("chest_pain", "asked_if = [{ kind = \"pregnant\" }]"), "asked_if"),
        ("red_flags/ours.toml", FLAG.format("saddle_numbness", 'question = "Are you well today?"'), "question"),
        ("red_flags/ours.toml", FLAG.format("saddle_numbness", 'refer_to = "a friend"'), "refer_to"),
        ("red_flags/ours.toml", FLAG.format("saddle_numbness", ""), "source"),
        ("red_flags/ours.toml", FLAG.format("recent_operation", "says_how_far = false"), "says_how_far"),
        ("red_flags/ours.toml", FLAG.format("saddle_numbness", "plan_goes_on = true"), "plan_goes_on"),
        ("danger_words/en.toml", WORDS.format("numb", 'words = ["numb"]'), "words"),
        ("danger_words/en.toml", WORDS.format("heart", "flags = []"), "flags"),
        ("profiles/ours.toml", PROFILE.format("operation_under_12_weeks", 'only = ["easy_walk", "jump_squat"]'), "only"),
        ("profiles/ours.toml", PROFILE.format("postpartum", "when = []"), "when"),
        ("profiles/ours.toml", PROFILE.format("postpartum", "no_impact_while = []"), "no_impact_while"),
        ("profiles/ours.toml", PROFILE.format("postpartum", 'no_impact_while = [{ kind = "postpartum", below_weeks = 6 }]'), "no_impact_while"),
        ("profiles/ours.toml", PROFILE.format("postpartum", 'latest_stage = "speed"'), "latest_stage"),
        ("safety/ours.toml", SAFETY.format("profile_postpartum", 'stop = ["nothing"]'), "stop"),
        ("safety/ours.toml", SAFETY.format("profile_postpartum", "urgent = []"), "urgent"),
        ("safety/ours.toml", SAFETY.format("pathway_groin_pain", 'pain = { limit = 5, places = ["groin"] }'), "pain"),
        ("safety/ours.toml", SAFETY.format("pathway_low_back_pain", 'pain = { limit = 4, places = ["low_back"] }'), "pain"),
        ("profiles/ours.toml", PROFILE.format("postpartum", "needs = []"), "needs"),
        ("profiles/ours.toml", PROFILE.format("postpartum", 'title = "After all"'), "title"),
        ("exercises/ours.toml", '[[exercises]]\nid = "{jump}"\nimpact = false\n', "impact"),
        ("exercises/ours.toml", '[[exercises]]\nid = "{jump}"\nmovements = []\n', "movements"),
        ("movements/countermovement_jump.toml", '[reps]\nkind = "cycle"\n', "reps"),
        ("pathways/ours.toml", PATHWAY + 'door = "door_ankle"\n' + SOURCE.format("pathways"), "door"),
        ("pathways/ours.toml", PATHWAY + "stops_running = false\n" + SOURCE.format("pathways"), "stops_running"),
        ("pathways/ours.toml", PATHWAY + "when = []\n" + SOURCE.format("pathways"), "when"),
        ("pathways/ours.toml", PATHWAY + 'unless = [{ kind = "pregnant" }]\n' + SOURCE.format("pathways"), "unless"),
        ("pathways/ours.toml", PATHWAY + '[[pathways.steps]]\nid = "run"\ngates = ["hop"]\n', "gates"),
        ("pathways/ours.toml", PATHWAY + '[[pathways.steps]]\nid = "run"\nimpact = false\n', "impact"),
        ("pathways/ours.toml", PATHWAY + '[[pathways.steps]]\nid = "strength"\nspeed = true\n', "speed"),
    ],
)  # fmt: skip
def test_what_protects_people_is_not_loosened(own: Write, name: str, text: str, key: str) -> None:
    jump = next(e.id for e in load_client_catalog().exercises.values() if e.impact and e.movements)
    told = mistakes(own(name, text.replace("{jump}", jump)))
    assert f": {key}: " in told
    assert (
        "can only be made stricter" in told
        or "cannot be changed" in told
        or "together with what it makes stricter" in told
    )


def test_a_pathway_of_the_package_takes_more_gates_and_exercises_of_ones_own(own: Write) -> None:
    step = '[[pathways.steps]]\nid = "run"\ngates = ["pain_next_day", "one_leg_control", "hop", "balance"]\nexercises = ["run_walk"]\n'
    spec = load_client_catalog([own("pathways/ours.toml", PATHWAY + step)]).pathways["knee_ligament"]
    assert spec.steps[2].gates == ("pain_next_day", "one_leg_control", "hop", "balance")
    assert spec.steps[2].exercises == ("run_walk",)
    assert len(spec.steps) == 5


def test_what_protects_people_can_be_made_stricter_and_added(own: Write) -> None:
    own("red_flags/ours.toml", FLAG.format("leg_weakness", "asked_if = []") + FLAG.format("trauma", 'urgency = "now"')
        + FLAG.format("fever_today", 'question = "A fever today"\nurgency = "soon"\nrefer_to = "a doctor"\nreason = "A fever comes first."'))  # fmt: skip
    ban = '[{ kind = "sport", sports = ["running"] }]'
    folder = own(
        "profiles/ours.toml",
        PROFILE.format("runner", f'no_impact_while = {ban}\nlatest_stage = "load"\nlatest_stage_while = {ban}'),
    )
    numb = [*load_client_catalog().danger_words["numb"].words, "dead leg"]
    own("danger_words/ours.toml", WORDS.format("numb", f"words = {json.dumps(numb)}")
        + WORDS.format("taub", 'words = ["taub"]\nmeans = "a nerve may be pressed"\nask = "Ask where."'))  # fmt: skip
    care = load_client_catalog([folder])
    assert care.danger_words["numb"].words[-1] == "dead leg"
    assert care.danger_words["taub"].words == ("taub",)
    assert care.red_flags["leg_weakness"].asked_if == ()
    assert care.red_flags["trauma"].urgency == "now"
    assert care.red_flags["trauma"].source.citation == "Our practice, 2025"
    assert care.red_flags["fever_today"].urgency == "soon"
    assert care.profiles["runner"].latest_stage == "load"
    assert care.red_flags.keys() - load_client_catalog().red_flags.keys() == {"fever_today"}
    assert not load_client_catalog().red_flags.keys() - care.red_flags.keys()


def test_a_later_folder_loosens_no_earlier_one(own: Write, tmp_path: Path) -> None:
    first = own("red_flags/ours.toml", FLAG.format("trauma", 'urgency = "now"'))
    second = write_own(
        tmp_path / "team", "red_flags/ours.toml", FLAG.format("trauma", 'urgency = "soon"').replace("Our", "Their")
    )
    assert "team/red_flags/ours.toml: flags.trauma: urgency" in mistakes(first, second)


# --- what is refused -----------------------------------------------------------------------


def test_all_mistakes_of_all_parts_and_folders_are_told_at_once(own: Write, tmp_path: Path) -> None:
    own(
        "movements/squat.toml", OWN_LIMIT.replace("8.0", '"eight"') + NEW_CHECK.replace("lateral_shift", "lateral_shft")
    )
    own("movements/lunge.toml", "[[checks]\n")
    own("norms/ours.toml", 'title = "Ours"\n[[norms]]\nid = "ours"\n')
    first = own("exercises/ours.toml", '[[exercises]]\nid = "star_reach"\nserves = 5\n')
    second = write_own(tmp_path / "team", "movements/bend.toml", "key_signals = 3\ncolor = 1\n")
    told = mistakes(first, second)
    for wanted in (
        "clinic/movements/squat.toml: checks.weight_shift.flag: Input should be a valid number",
        "clinic/movements/squat.toml: checks.hips_aside.signal: there is no signal called 'lateral_shft'",
        "clinic/movements/lunge.toml: ",
        "clinic/norms/ours.toml: norms.ours: quantity: ",
        "clinic/exercises/ours.toml: exercises.star_reach: serves: ",
        "team/movements/bend.toml: color: ",
    ):
        assert wanted in told, told
    assert "protocols" not in told, "what names a broken movement is no mistake of its own"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("movements/a.toml", 'extends = "a"\n', "clinic/movements/a.toml: extends: goes round in a circle: a extends a"),
        ("movements/a.toml", 'extends = "b"\n', "goes round in a circle"),
        ("movements/a.toml", 'extends = "sqat"\n', "extends 'sqat', which is no movement"),
        ("movements/a.toml", "extends = 5\n", "extends 5, which is no movement"),
        ("movements/a.toml", 'extends = ["squat"]\n', "which is no movement"),
        ("movements/lunge.toml", 'extends = "squat"\n', "only a new movement can extend another"),
        ("movements/squat.toml", '[[checks]]\nflag = 3.0\n', "checks.0: id: is missing"),
        ("movements/squat.toml", '[[checks]]\nid = "tempo"\ncue = "Slowly."\n' * 2, "checks.tempo: listed twice"),
        ("movements/squat.toml", NEW_CHECK.replace('"front"', '"front", "side"'), "checks.hips_aside.views: lateral_shift cannot be read from the side"),
        ("movements/squat.toml", "checks = 5\n", "clinic/movements/squat.toml: checks: "),
        ("movements/squat.toml", "reps = 5\n", "clinic/movements/squat.toml: reps: "),
        ("movements/squat.toml", 'name = "lunge"\n', "name is 'lunge', expected 'squat'"),
        ("movements/squat.toml", '[[references]]\nsignal = "knee_flexion"\nview = "side"\nscope = "nearest"\nquantity = "color"\n', "there is no quantity in the norms called 'color'"),
        ("protocols/squat.toml", '[[parts]]\nid = "squat_front"\nmovement = "sqat"\n', "clinic/protocols/squat.toml: parts.squat_front.movement: there is no movement called 'sqat'"),
        ("protocols/ours.toml", "", "clinic/protocols/ours.toml: title: is missing"),
        ("red_flags/ours.toml", "flags = 5\n", "clinic/red_flags/ours.toml: flags: must be a list of tables [[flags]]"),
        ("red_flags/ours.toml", "flags = [5]\n", "clinic/red_flags/ours.toml: flags.0: "),
        ("norms/_quantities.toml", '[knee_flexion_rom]\nconcern = "high"\n', "concern: in a packaged quantity this cannot be changed"),
        ("norms/ours.toml", "norms = 5\n", "clinic/norms/ours.toml: norms: is missing or empty"),
        ("measurement/rendered_people.toml", "rows = []\n", "belong to the pose network"),
        ("movement/squat.toml", "", "there is no folder movement; did you mean movements?"),
        ("squat.toml", "", "lies beside the folders"),
    ],
)  # fmt: skip
def test_wrong_files_are_refused_with_their_place(own: Write, name: str, text: str, told: str) -> None:
    folder = own(name, text)
    if "circle" in told and '"b"' in text:
        own("movements/b.toml", 'extends = "a"\n')
    assert told in mistakes(folder)


def test_wrong_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    write_own(tmp_path / "a/clinic", "movements/squat.toml", OWN_LIMIT)
    write_own(tmp_path / "b/clinic", "movements/squat.toml", OWN_LIMIT)
    assert "nowhere: there is no such folder" in mistakes(tmp_path / "nowhere")
    assert "empty: no catalog files" in mistakes(tmp_path / "empty")
    assert "file: is not a folder" in mistakes(tmp_path / "file")
    assert "two folders have this name" in mistakes(tmp_path / "a/clinic", tmp_path / "b/clinic")


# --- a check of one's own is begun ---------------------------------------------------------


@pytest.mark.parametrize(
    ("signal", "movement"), [("lateral_shift", "squat"), ("knee_flexion", "bend"), ("heel_rise", "lunge")]
)
def test_a_new_check_asks_for_its_limit_and_source_and_then_is_sound(
    tmp_path: Path, signal: str, movement: str
) -> None:
    folder, spec = tmp_path / "clinic", load_catalog().movement(movement)
    path = write_new_check(folder, "our_check", spec, signal, known_signals())
    told = mistakes(folder)
    assert told.startswith("3 mistake(s)")
    for key in ("flag", "note", "source.citation"):
        assert f"clinic/movements/{movement}.toml: checks.our_check.{key}: is missing" in told
    text = (
        path.read_text("utf-8")
        .replace("# flag =", "flag = 20")
        .replace("# note =", "note = 10")
        .replace('# citation = ""', 'citation = "Our practice"')
    )
    path.write_text(text, "utf-8")
    made = load_whole([folder], known_signals(), MEASURES)[0].movement(movement).check("our_check")
    assert made.source.citation == "Our practice"
    write_new_check(folder, "another", spec, signal, known_signals())
    assert "checks.another.flag: is missing" in mistakes(folder)
    for taken in ("another", "our_check", spec.checks[0].id):
        with pytest.raises(InputError, match="already"):
            write_new_check(folder, taken, spec, signal, known_signals())


def test_a_check_that_cannot_be_is_not_begun(tmp_path: Path) -> None:
    squat = load_catalog().movement("squat")
    with pytest.raises(UnknownNameError, match="knee_flexon") as error:
        write_new_check(tmp_path, "ours", squat, "knee_flexon", known_signals())
    assert "knee_flexion" in error.value.hint
    with pytest.raises(InputError, match="cannot be the id"):
        write_new_check(tmp_path, "Our check", squat, "knee_flexion", known_signals())
    with pytest.raises(InputError, match="cannot be read in a recording"):
        write_new_check(
            tmp_path, "ours", load_catalog().movement("sit_to_stand"), "knee_medial_offset", known_signals()
        )
    write_own(tmp_path, "movements/squat.toml", "[[checks]")
    with pytest.raises(InputError, match="is not a catalog, or is damaged"):
        write_new_check(tmp_path, "ours", squat, "knee_flexion", known_signals())
