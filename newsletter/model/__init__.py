"""The nouns and their pure rules: frozen dataclasses, standard library only."""
