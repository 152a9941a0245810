import pickle

from evidoc.kernel.errors import Detail, DocumentDamaged, EvidocError, InternalError, all_errors, error_for_code


def test_every_error_has_its_own_code_and_a_message_for_people() -> None:
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes)) > 15
    for error in all_errors():
        assert error().message
        assert "\n" not in error().message
        assert error.status >= 400


def test_a_stored_code_comes_back_as_the_error_it_was() -> None:
    for error in all_errors():
        assert error_for_code(error.code) is error
    assert error_for_code("never_heard_of") is InternalError


def test_an_error_survives_a_process_wall() -> None:
    error = DocumentDamaged("the cross-reference table is gone", [Detail("file", "ends early")])
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is DocumentDamaged
    assert (back.message, back.details) == (error.message, error.details)
    assert isinstance(back, EvidocError)
