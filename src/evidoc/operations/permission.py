"""May whoever asks do this?"""

from evidoc.kernel.errors import Detail, Forbidden
from evidoc.kernel.principal import Principal, Scope


def require(who: Principal, scope: Scope) -> None:
    """Raises Forbidden, which names the scope, unless ``who`` holds ``scope``."""
    if not who.may(scope):
        raise Forbidden(details=[Detail("scope", f"{scope} is needed, and the key does not have it")])
