"""Pictures with a high dynamic range (HLG and PQ, as phones record them) turned into ordinary ones.

Shown as they are, such pictures are pale or dark by thirty gray levels and more, which no pose network was trained on. The signal
is made linear light, brought from the BT.2020 primaries to those of sRGB, with what is brighter than white rolled off, and coded
as sRGB. Formulas: ITU-R BT.2100 (HLG inverse OETF, PQ EOTF), reference white of 203 nits from ITU-R BT.2408, IEC 61966-2-1.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.model import FloatArray

#: libav's numbers of the transfers.
_PQ, _HLG = 16, 18
#: Reference white: scene light of an HLG signal of 75 %, and nits of a PQ signal.
_HLG_WHITE, _PQ_WHITE_NITS = 0.265, 203.0
#: From this linear light on what is brighter is rolled off toward white.
_KNEE = 0.85
#: Steps of the table from linear light to sRGB, and the brightest linear light in it.
_STEPS, _BRIGHTEST = 4096, 4.0

#: From the primaries of BT.2020 to those of BT.709, linear light (ITU-R BT.2087).
_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float32
)


def is_high_range(transfer: int) -> bool:
    """Return whether libav's number of a transfer is that of HLG or PQ."""
    return transfer in (_PQ, _HLG)


def map_tones(image: NDArray[np.uint8], transfer: int) -> NDArray[np.uint8]:
    """Return an HLG or PQ picture as sRGB.

    Parameters
    ----------
    image
        ``(h, w, 3)`` RGB of the coded signal, 0..255.
    transfer
        libav's number of the transfer.
    """
    light = cv2.transform(cv2.LUT(image, _linear_table(transfer)), _TO_709)
    # square roots spread the steps of the table evenly enough over what eyes tell apart
    step = np.sqrt(np.clip(light / np.float32(_BRIGHTEST), 0.0, 1.0)) * np.float32(_STEPS - 1)
    return np.asarray(_display_table()[step.astype(np.uint16)], dtype=np.uint8)


@cache
def _linear_table(transfer: int) -> NDArray[np.float32]:
    """Return ``(256,)`` linear light of each code, 1 at reference white."""
    signal = np.arange(256) / 255.0
    return np.asarray((_hlg_light if transfer == _HLG else _pq_light)(signal), dtype=np.float32)


def _hlg_light(signal: FloatArray) -> FloatArray:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    return np.asarray(scene / _HLG_WHITE)


def _pq_light(signal: FloatArray) -> FloatArray:
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = signal ** (1 / m2)
    nits = 10_000 * (np.maximum(power - c1, 0.0) / (c2 - c3 * power)) ** (1 / m1)
    return np.asarray(nits / _PQ_WHITE_NITS)


@cache
def _display_table() -> NDArray[np.uint8]:
    """Return the sRGB code of each step of linear light."""
    light = _BRIGHTEST * (np.arange(_STEPS) / (_STEPS - 1)) ** 2
    rolled = _KNEE + (1 - _KNEE) * (1 - np.exp(-(light - _KNEE) / (1 - _KNEE)))
    light = np.where(light > _KNEE, rolled, light)
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(np.round(255 * code), 0, 255), dtype=np.uint8)
