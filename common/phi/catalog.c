/* The rules for people. */
#include "phi/catalog.h"

const char *phi_letter_name(char letter)
{
	static const char *const names[] = {
		"names", "places smaller than a state", "dates, and ages over 89", "telephone numbers", "fax numbers", "email addresses",
		"social security numbers", "medical record numbers", "health plan beneficiary numbers", "account numbers",
		"certificate and license numbers", "vehicle identifiers", "device identifiers", "URLs", "IP addresses", "biometric identifiers",
		"photographs and the like", "any other unique identifier"
	};
	return letter >= 'A' && letter <= 'R' ? names[letter - 'A'] : NULL;
}

static const char *severity(const struct phi_rule *rule)
{
	return rule->block ? "block" : "warn";
}

void phi_list(struct buf *out, const struct phi_site *site)
{
	const struct phi_rule *rule;
	for (size_t i = 0; (rule = phi_rule_at(site, i)); i++)
		buf_fmt(out, "%-22s %c %-5s %-16s %s\n", rule->id, rule->letter, severity(rule), rule->label, rule->about);
}

static void add_examples(struct buf *out, const char *lead, const char *const *examples)
{
	for (; *examples; examples++) {
		buf_fmt(out, "%-15s ", lead);
		buf_line(out, str_of(*examples));
		buf_char(out, '\n');
	}
}

void phi_explain(struct buf *out, const struct phi_rule *rule)
{
	buf_fmt(out, "%s: %s\n%s, %s; 45 CFR 164.514(b)(2)(i)(%c): %s\n", rule->id, rule->about, rule->label, severity(rule), rule->letter,
	        phi_letter_name(rule->letter));
	add_examples(out, "finds:", rule->match);
	add_examples(out, "does not find:", rule->no_match);
}
