/* The rules as scripts/rules2c.c makes them of schemas/phi-rules.json: tables, and the automaton that finds tokens. */
#ifndef ROS_PHI_RULES_H
#define ROS_PHI_RULES_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum phi_kind { PHI_WORD, PHI_SHAPE, PHI_KEYWORD, PHI_SKIP, PHI_ENCODED, PHI_END };

/* What stands behind the keywords of a rule, or before and with them, or what a shape grows to; PHI_VALUE_NONE: the shape is all. */
enum phi_value { PHI_VALUE_NONE, PHI_VALUE_ID, PHI_VALUE_DIGITS, PHI_VALUE_NAME, PHI_VALUE_DATE, PHI_VALUE_BEFORE,
                 PHI_VALUE_PERSON, PHI_VALUE_MAILBOX };

struct phi_rule {
	const char *id, *label, *about;
	char letter; /* of 45 CFR 164.514(b)(2)(i) */
	bool block;  /* or a warning */
	enum phi_value value;
	bool (*check)(struct str); /* NULL: none */
	bool veto;                 /* what fails the check is no candidate; else it is a weaker one */
	bool not_in_token;         /* no candidate inside a longer token */
	bool has_context, require;
	uint32_t before;           /* bytes between the context's word and the candidate */
	const char *const *match, *const *no_match; /* examples; each list ends with NULL */
};

/* What the automaton can find; a list of rules ends with PHI_NO_RULE. */
struct phi_token {
	enum phi_kind kind;
	const uint16_t *rules;   /* of the shape, or those that the keyword introduces */
	const uint16_t *context; /* rules that the keyword is a context of */
};

#define PHI_NO_RULE UINT16_MAX
#define PHI_RULES_MAX 256

extern const struct phi_rule phi_rules[];
extern const size_t phi_n_rules;
extern const char phi_rules_version[];
extern const struct phi_token phi_tokens[];

/* Sorted, lower case; each ends with NULL. */
extern const char *const phi_table_first_names[], *const phi_table_stop_words[], *const phi_table_zip3_restricted[];
extern const char *const phi_table_iban_lengths[]; /* "GB22" */

/*
 * The next token at *cursor, an index into phi_tokens; *start is where it begins, *cursor becomes its end. A NUL stands at `limit`.
 */
size_t phi_lex(const char **cursor, const char *limit, const char **start);

#endif
