"""The ground floor: small pure tools that know nothing of the company."""
