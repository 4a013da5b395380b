"""What the API answers, as models: the OpenAPI document is made from them, and tests hold answers to them."""
