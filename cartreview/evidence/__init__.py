"""Which rows answer a question, and how: studies, responses, harms, imaging, management."""
