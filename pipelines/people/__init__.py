"""Who should meet whom, from what people made. Values in, matches out; may not read a store or decide for anybody.

`likeness` compares work, `reasons` says what would make a meeting worth it, `ranking` orders by what worked before,
`matching` puts it together, `wording` says it in the reader's language.
"""
