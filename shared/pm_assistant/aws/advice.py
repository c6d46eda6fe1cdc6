"""What somebody at a terminal can do about what AWS's clients raise; functions have nobody to tell."""

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of

_LOG_IN = "log in (aws sso login), or say {profile}"
_CONFIGURATION = "What ~/.aws/config or an AWS_… variable says cannot be used: {text}"

_BY_KIND = {
    "NoRegionError": "Say in which region: {region}",
    "InvalidRegionError": "No AWS region is called so; say {region}",
    "UnknownRegionError": "No AWS region is called so; say {region}",
    "ServiceNotInRegionError": "AWS does not offer that in this region; say {region}",
    "EndpointProviderError": "AWS does not offer that in this region; say {region}",
    "BaseEndpointResolverError": "AWS does not offer that in this region; say {region}",
    "EndpointConnectionError": "AWS is not reached: is there a network, and is the region right ({region})?",
    "ProxyConnectionError": "The proxy does not answer; HTTPS_PROXY says which",
    "SSLError": "The connection to AWS is not trusted; AWS_CA_BUNDLE says whom to trust",
    "ConnectionError": "AWS does not answer: is the network there?",
    "HTTPClientError": "AWS does not answer: is the network there?",
    "ProfileNotFound": "There is no AWS profile of that name; `aws configure list-profiles` lists them; say {profile}",
    "NoCredentialsError": f"There are no AWS credentials: {_LOG_IN}",
    "NoAuthTokenError": f"There are no AWS credentials: {_LOG_IN}",
    "PartialCredentialsError": "Half of the AWS credentials is missing ({text}): add it, or say {profile}",
    "RefreshWithMFAUnsupportedError": "The AWS profile wants a one-time code: get a session with one, or say {profile}",
    "CredentialRetrievalError": f"The AWS credentials cannot be had ({{text}}): {_LOG_IN}",
    "MetadataRetrievalError": f"The AWS credentials cannot be had ({{text}}): {_LOG_IN}",
    "TokenRetrievalError": f"The AWS login has ended: {_LOG_IN}",
    "SSOError": f"The AWS login has ended: {_LOG_IN}",
    "LoginError": "The AWS login has ended: log in (aws login), or say {profile}",
    "MissingDependencyException": "This AWS profile needs what is not installed ({text}): say {profile}",
    "ConfigNotFound": _CONFIGURATION,
    "ConfigParseError": _CONFIGURATION,
    "InvalidConfigError": _CONFIGURATION,
    "InvalidChecksumConfigError": _CONFIGURATION,
    "InvalidDefaultsMode": _CONFIGURATION,
    "InvalidEndpointConfigurationError": _CONFIGURATION,
    "InvalidEndpointDiscoveryConfigurationError": _CONFIGURATION,
    "InvalidIMDSEndpointError": _CONFIGURATION,
    "InvalidIMDSEndpointModeError": _CONFIGURATION,
    "InvalidProxiesConfigError": _CONFIGURATION,
    "InvalidRetryConfigurationError": _CONFIGURATION,
    "InvalidRetryModeError": _CONFIGURATION,
    "InvalidS3AddressingStyleError": _CONFIGURATION,
    "InvalidS3UsEast1RegionalEndpointConfigError": _CONFIGURATION,
    "InvalidSTSRegionalEndpointsConfigError": _CONFIGURATION,
    "UnknownCredentialError": _CONFIGURATION,
    "UnknownSignatureVersionError": _CONFIGURATION,
    "UnknownTokenProviderError": _CONFIGURATION,
    "UnsupportedS3ConfigurationError": _CONFIGURATION,
}
"""By the name of what botocore raises, or of a kind that it is of. Left out is what only our own code can have caused,
such as a parameter of the wrong form, whose text may hold what was sent."""

_EXPIRED = f"The AWS credentials have expired: {_LOG_IN}"
_UNKNOWN = f"AWS does not know these credentials: {_LOG_IN}"
_CLOCK = "AWS does not take the time that this machine says it is: set its clock"
_DENIED = "These AWS credentials may not do that ({operation}): say {profile} with the right"

_BY_CODE = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "AuthFailure": _UNKNOWN,
    "IncompleteSignature": _UNKNOWN,
    "InvalidAccessKeyId": _UNKNOWN,
    "InvalidClientTokenId": _UNKNOWN,
    "InvalidSignatureException": _UNKNOWN,
    "InvalidToken": _UNKNOWN,
    "MissingAuthenticationToken": _UNKNOWN,
    "MissingAuthenticationTokenException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "RequestExpired": _CLOCK,
    "RequestInTheFuture": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "AccessDenied": _DENIED,
    "AccessDeniedException": _DENIED,
    "ForbiddenException": _DENIED,
    "NotAuthorized": _DENIED,
    "OptInRequired": "This AWS account, or this region of it, is not switched on: say {profile}, or {region}",
    "UnauthorizedException": _DENIED,
    "UnauthorizedOperation": _DENIED,
}
"""By what AWS calls a refusal of who asks, whatever was asked."""


def advice(error: BaseException, *, profile: str, region: str) -> str | None:
    """Say what to do about a failure that the person who asked can mend; None for any other.

    Args:
        error: what a client raised, or what was made of it since.
        profile: how this terminal is told whose credentials to use.
        region: how it is told where.
    """
    cause: BaseException | None = error
    while cause is not None and not type(cause).__module__.startswith("botocore."):
        cause = cause.__cause__
    if isinstance(cause, ClientError):
        sentence, operation = _BY_CODE.get(code_of(cause)), cause.operation_name
    else:
        kinds = (_BY_KIND.get(kind.__name__) for kind in type(cause).__mro__)
        sentence, operation = next(filter(None, kinds), None), ""
    return sentence and sentence.format(profile=profile, region=region, text=str(cause), operation=operation)
