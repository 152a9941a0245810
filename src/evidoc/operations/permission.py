"""May whoever asks do this?"""

from evidoc.kernel.errors import Forbidden
from evidoc.kernel.principal import Principal, Scope


def require(who: Principal, scope: Scope) -> None:
    """Raises Forbidden unless ``who`` holds ``scope``."""
    if not who.may(scope):
        raise Forbidden
