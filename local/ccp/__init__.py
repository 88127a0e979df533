"""The Cloud Computing Provider, simulated: it sells licences over HTTP, keeps every sale and fails on request."""
