"""What a response does not fit is noted for that response alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from plexy_pay._core.misfits import Watch
from plexy_pay.models import CancelPaymentResponse

FITTING = {"success": True}
ODD = {"success": "yes"}


def test_what_does_not_fit_is_noted_while_it_is_decoded() -> None:
    with Watch() as fitting:
        CancelPaymentResponse.from_dict(FITTING)
    with Watch() as odd:
        CancelPaymentResponse.from_dict(ODD)
    assert not fitting.found
    assert odd.found


def test_what_another_thread_decodes_meanwhile_is_not_noted() -> None:
    with ThreadPoolExecutor(1) as threads, Watch() as here:
        threads.submit(CancelPaymentResponse.from_dict, ODD).result()
        CancelPaymentResponse.from_dict(FITTING)
    assert not here.found


def test_a_decoding_within_another_one_is_noted_for_itself() -> None:
    with Watch() as outer:
        with Watch() as inner:
            CancelPaymentResponse.from_dict(ODD)
        CancelPaymentResponse.from_dict(FITTING)
    assert inner.found
    assert not outer.found
