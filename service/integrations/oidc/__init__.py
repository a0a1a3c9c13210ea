"""People sign in with the account that they have at their organization (OpenID Connect), beside sign-in links."""
