/* Examples of the rules. */
#include "phi/example.h"

#include <string.h>

struct phi_example phi_example_of(const char *example)
{
	struct phi_example out;
	struct str all = str_of(example);
	struct str rest = str_cut(all, '\t', &out.key);
	out.text = rest.p ? rest : all;
	if (!rest.p)
		out.key = (struct str){ 0 };
	return out;
}

static bool finds(struct phi_scanner *s, const struct phi_rule *rule, bool label, const char *example)
{
	const struct phi_finding *found;
	struct phi_example of = phi_example_of(example);
	struct err e;
	size_t n;
	if (phi_scan(s, of.key, of.text, &found, &n, &e) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (found[i].rule == rule || (label && strcmp(found[i].rule->label, rule->label) == 0))
			return true;
	return false;
}

size_t phi_test_examples(struct phi_scanner *s, void (*wrong)(void *with, const struct phi_rule *rule, const char *list, size_t number), void *with)
{
	size_t n = 0;
	for (size_t i = 0; i < phi_n_rules; i++)
		for (int list = 0; list < 2; list++) {
			const char *const *examples = list == 0 ? phi_rules[i].match : phi_rules[i].no_match;
			for (size_t k = 0; examples[k]; k++) {
				if (finds(s, &phi_rules[i], list == 0, examples[k]) == (list == 0))
					continue;
				n++;
				if (wrong)
					wrong(with, &phi_rules[i], list == 0 ? "match" : "no_match", k + 1);
			}
		}
	return n;
}
