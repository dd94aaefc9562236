"""The model client: one port, one adapter for every endpoint that speaks the OpenAI chat protocol.

A composition root calls `opening.open_model`; a workflow sees `model.Model` and builds its messages with
`prompting.prompt`.
"""
