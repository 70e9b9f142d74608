"""Fonts come from the pinned wheels, are checked by hash, and refuse characters that they can't draw."""

from pathlib import Path

import pytest

from reports import fonts


@pytest.fixture(scope="session")
def font_set(tmp_path_factory: pytest.TempPathFactory) -> fonts.FontSet:
    from tests.support.fonts import shared_fonts_dir

    return fonts.prepare(shared_fonts_dir())


def test_fonts_are_the_reviewed_files(font_set: fonts.FontSet) -> None:
    assert sorted(font_set.files) == ["NotoSansSC-Bold.ttf", "NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf"]


def test_a_damaged_cached_font_is_made_again(font_set: fonts.FontSet, tmp_path: Path) -> None:
    regular = tmp_path / "NotoSansSC-Regular.otf"
    for name, path in font_set.files.items():
        (tmp_path / name).write_bytes(path.read_bytes())
    regular.write_bytes(b"damaged")
    again = fonts.prepare(tmp_path)
    assert again.files["NotoSansSC-Regular.otf"].stat().st_size > 1_000_000


def test_rare_characters_of_names_can_be_drawn(font_set: fonts.FontSet) -> None:
    assert font_set.missing("垚昇祎㐂—·“”…△▲▼■→−％‰①\n") == []


def test_a_string_without_glyphs_is_refused_by_place_and_character(font_set: fonts.FontSet) -> None:
    with pytest.raises(fonts.MissingGlyphError, match=r"企业名称: .*U\+1F600"):
        font_set.require_glyphs([("标题", "白皮书"), ("企业名称", "灯\U0001f600饰")])


def test_a_file_that_is_not_the_reviewed_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = fonts.SOURCES[0]
    changed = type(source)(**{**source.__dict__, "sha256": "0" * 64})
    monkeypatch.setattr(fonts, "SOURCES", (changed,))
    with pytest.raises(fonts.FontError, match="make setup"):
        fonts.prepare(tmp_path)
    assert list(tmp_path.iterdir()) == []
