"""A test model: a real HTTP server that speaks OpenAI's chat and embeddings, does as it is scripted, and counts.

`python -m parley_common.testing.model_server --port 0` prints its address; `serving()` runs it inside a test.
Give a service `OPENAI_BASE_URL=<address>/v1`, and steer the server with `ScriptedModel` or plain HTTP:

* `POST /script` — a rule or a list of them (see `Rule`); with no rule a call gets a sensible default answer
* `GET /meter?finished=2` — what was called so far, once at least so many calls are in that state
* `GET /gates/{name}?waiting=1` — how many calls wait at a gate, once at least so many do; `POST /gates/{name}/open`
* `POST /reset` — forget all of it, and let waiting calls go
"""
