"""How rows, words and bytes of what is erased go, and a declared rule for every column that can hold words."""
