"""Publications: facts from the marts of one build, figures, sentences and typeset documents (Chinese output, English
code).
"""
