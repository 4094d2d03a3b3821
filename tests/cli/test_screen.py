"""``movescreen screen`` on real clips: front, side and one that is no video."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pandas as pd
import pytest

from movescreen.cli.app import main
from tests.conftest import SAMPLES

OPTIONS = "--date 2026-03-12 --model lite --age 34 --sex female --pain squat --overlay --opensim --pdf"


@pytest.mark.network
def test_front_and_side_become_one_screening(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    broken, out = tmp_path / "broken.mp4", tmp_path / "out"
    broken.write_text("no video")
    clips = [str(SAMPLES / f"squat_{name}.mp4") for name in ("valgus_front", "heelrise_side")]
    with pytest.raises(SystemExit) as ended:
        main(["screen", *clips, str(broken), "--client", "Client 17", "--out", str(out), *OPTIONS.split()])
    assert ended.value.code in (None, 0)
    told = capfd.readouterr()
    assert told.err == ""
    assert "broken.mp4 is not a video file" in told.out
    findings = (
        pd.read_csv(out / "findings.csv", keep_default_na=False).set_index(["check_id", "side"])["status"].to_dict()
    )
    assert findings["knee_valgus", ""] == "flagged"
    assert [status for (check, _), status in findings.items() if check == "heel_rise"].count("flagged") == 1
    page = (out / "report.html").read_text("utf-8")
    assert "Client 17" in page
    assert "Could not be read." in page
    data = json.loads((out / "result.json").read_text("utf-8"))
    assert [item["file"] for item in data["failed"]] == [str(broken)]
    for clip in data["clips"]:
        assert (out / clip["folder"] / "report.html").is_file()
        assert json.loads((out / clip["folder"] / "result.json").read_text("utf-8"))["recorded"] == "2026-03-12"
    assert {"report.html", "report.pdf", "client.html", "client.pdf", "squat_front_and_side.mp4"} <= {
        p.name for p in out.iterdir()
    }
    clip = {p.name for p in (out / "squat_heelrise_side").iterdir()}
    assert {"overlay.mp4", "angles.mot", "landmarks.trc", "turn.jpg", "turn_plain.jpg"} <= clip
    with av.open(str(out / "squat_front_and_side.mp4")) as pair:
        assert (pair.streams.video[0].width, pair.streams.video[0].height) == (810, 720)
    page = (out / "report.html").read_text("utf-8")
    assert 'href="squat_front_and_side.mp4"' in page
    assert 'href="squat_heelrise_side/overlay.mp4"' in page
    assert page.count("<img ") == 2
    assert "Refer before training on" in page
    merged = json.loads((out / "result.json").read_text("utf-8"))
    assert (merged["pain"], merged["person"]) == (["squat"], {"age": 34.0, "sex": "female"})

    tables = ("findings", "reps", "sides", "references", "summary")
    before = {name: pd.read_csv(out / f"{name}.csv") for name in tables}
    words = (out / "client.html").read_bytes()
    with pytest.raises(SystemExit):
        main(["report", str(out)])
    for name, table in before.items():
        # landmarks are kept with fewer digits, and an error is that of one of two neighboring frames
        pd.testing.assert_frame_equal(pd.read_csv(out / f"{name}.csv"), table, rtol=0.03, atol=0.02)
    assert (out / "client.html").read_bytes() == words
    assert "squat_valgus_front/report.html" in capfd.readouterr().out


def test_when_no_clip_can_be_read_the_error_is_that_of_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["screen", str(tmp_path / "gone.mp4"), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert "there is no file" in error
    assert hint.startswith("hint: ")


def test_wrong_words_are_told_before_any_work(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    clip = str(SAMPLES / "squat_side.mp4")
    for wrong, told in ((["--sex", "femal"], "female"), (["--pain", "sqat"], "squat")):
        with pytest.raises(SystemExit) as ended:
            main(["screen", clip, "--out", str(tmp_path / "out"), *wrong])
        assert ended.value.code == 2
        assert told in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
