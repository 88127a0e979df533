"""The operations of signing in, as data."""

from services.common.api import Example, Operation
from services.common.errors import CodeRefused, Conflict, Forbidden, NewPasswordRequired, SignInRefused
from services.identity.model import FirstSignIn, Me, Refresh, Reset, ResetRequest, SignIn, Tokens

_EMAIL = "juergen@mueller-soehne.example"
_TOKENS = {"accessToken": "eyJraWQ…", "tokenType": "Bearer", "expiresIn": 3600, "refreshToken": "eyJjdHk…"}

OPERATIONS = (
    Operation(
        method="POST",
        path="/identity/sign-in",
        name="signIn",
        summary="Sign in with an e-mail address and a password",
        description="Whether an address is known is never said. Wrong guesses are counted by e-mail address and by "
        "network address; beyond a limit it is 429.",
        body=SignIn,
        answer=Tokens,
        problems=(SignInRefused, NewPasswordRequired, Forbidden),
        examples=(Example("Sign in", body={"email": _EMAIL, "password": "Demo-pass-1!"}, answer=_TOKENS),),
    ),
    Operation(
        method="POST",
        path="/identity/sign-in/new-password",
        name="chooseFirstPassword",
        summary="Accept an invitation: choose your own password, and be signed in",
        body=FirstSignIn,
        answer=Tokens,
        problems=(SignInRefused, Conflict, Forbidden),
        examples=(
            Example(
                "Accept an invitation",
                body={"email": _EMAIL, "password": "mn5-Kd7+Rw2#Jq9a", "newPassword": "Correct-horse-7-staples"},
                answer=_TOKENS,
            ),
        ),
    ),
    Operation(
        method="POST",
        path="/identity/refresh",
        name="refreshSession",
        summary="Get a new access token",
        body=Refresh,
        answer=Tokens,
        problems=(SignInRefused, Forbidden),
        examples=(
            Example("Stay signed in", body={"refreshToken": "eyJjdHk…"}, answer=_TOKENS | {"refreshToken": None}),
        ),
    ),
    Operation(
        method="POST",
        path="/identity/sign-out",
        name="signOut",
        summary="End the session of a refresh token",
        description="It gives no new access tokens any more. The last one that it gave is valid until it expires.",
        body=Refresh,
        status=204,
        examples=(Example("Sign out", body={"refreshToken": "eyJjdHk…"}, answer=None),),
    ),
    Operation(
        method="POST",
        path="/identity/password-reset",
        name="requestPasswordReset",
        summary="Have a code mailed with which to choose a new password",
        description="The answer is the same for every address; those that nobody signs in with get no mail. The code "
        "is good once and for half an hour.",
        body=ResetRequest,
        status=202,
        examples=(Example("Ask for a code", body={"email": _EMAIL}, answer=None),),
    ),
    Operation(
        method="POST",
        path="/identity/password-reset/confirm",
        name="resetPassword",
        summary="Choose a new password with the code",
        description="Every session of before ends.",
        body=Reset,
        status=204,
        problems=(CodeRefused,),
        examples=(
            Example(
                "Choose a new password",
                body={"email": _EMAIL, "code": "K7QD-9FWX-2MRT", "newPassword": "Correct-horse-7-staples"},
                answer=None,
            ),
        ),
    ),
    Operation(
        method="GET",
        path="/identity/me",
        name="getMe",
        summary="Who you are",
        answer=Me,
        examples=(
            Example(
                "An administrator of a customer",
                answer={
                    "subject": "5b3f9c58-0d3f-4c44-9c4e-0d7a3f6f0a11",
                    "roles": ["admin"],
                    "personId": "0b5c1f3a-7a53-4d0e-8f0a-2f8c7f0f6f10",
                    "email": _EMAIL,
                    "firstName": "Jürgen",
                    "lastName": "Müller",
                    "customerId": "f1a8c1de-5b0e-4f7b-8f43-4a2c2ad5d0c1",
                    "companyName": "Müller & Söhne Maschinenbau GmbH",
                },
            ),
        ),
    ),
)
