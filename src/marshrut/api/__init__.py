"""API: the JSON door. REST under /api/v1 on the same services, queries and reach as the pages; OpenAPI beside it.

`door` is the door itself (tokens, scopes, problems); the other modules are its rooms. Answers are described in
`docs` of OpenAPI and built as plain values, because validating fifty rows again would cost more than reading them.
"""
