/* The rules as scripts/rules2c.c makes them of schemas/phi-rules.json: tables of rules and words, and the automaton that finds shapes. */
#ifndef ROS_PHI_RULES_H
#define ROS_PHI_RULES_H

#include "base/str.h"
#include "phi/word.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a rule takes where it matched. None: the shape itself. Self: the keyword itself. Id to quoted: what stands behind the keyword. Month: the keyword with
 * the day and year behind it. Before, street, city: what stands in front of the keyword, and it. Person, last_first: names, from a word of the table. Mailbox: what stands before the @, too. Iban: of the shape what is
 * as long as the country's. Whole: all of the value under a key.
 */
enum phi_value { PHI_VALUE_NONE, PHI_VALUE_SELF, PHI_VALUE_ID, PHI_VALUE_DIGITS, PHI_VALUE_NAME, PHI_VALUE_LISTED_NAME, PHI_VALUE_TITLED_NAME,
                 PHI_VALUE_DATE, PHI_VALUE_MONTH, PHI_VALUE_AGE, PHI_VALUE_PLACE, PHI_VALUE_QUOTED, PHI_VALUE_BEFORE, PHI_VALUE_STREET,
                 PHI_VALUE_CITY, PHI_VALUE_PERSON, PHI_VALUE_LAST_FIRST, PHI_VALUE_MAILBOX, PHI_VALUE_IBAN, PHI_VALUE_WHOLE };

#define PHI_NO_RULE UINT16_MAX
#define PHI_RULES_MAX 256
#define PHI_CONTEXTS_MAX 64
#define PHI_NO_CONTEXT 255

struct phi_rule {
	const char *id, *label, *about;
	char letter; /* of 45 CFR 164.514(b)(2)(i) */
	bool block;  /* or a warning */
	enum phi_value value;
	bool (*check)(struct str); /* NULL: none */
	bool veto;                 /* what fails the check is no candidate; else it is a weaker one */
	bool not_in_token;         /* no candidate inside a longer token */
	bool require;              /* no candidate without a word of its context */
	uint8_t context;           /* number of its list of words; PHI_NO_CONTEXT: none */
	uint16_t before, after;    /* bytes between a word of the context and the candidate */
	/*
	 * Examples; each list ends with NULL. One with a tab is a key and the value under it. A `match` is found by the rule or by another one of the same
	 * label; a `no_match` is not found by the rule.
	 */
	const char *const *match, *const *no_match;
};

/* A keyword's further words, as `record number` behind `medical`; phrases of one first word stand together, the longest first. */
struct phi_phrase {
	const char *rest;
	bool last;
	const uint16_t *rules; /* that it introduces */
	const uint16_t *keys;  /* that it introduces where it is the whole key */
	const uint8_t *contexts; /* that it is a word of; ends with PHI_NO_CONTEXT */
};

/* A field of a segment of HL7 version 2, as PID-5. */
struct phi_field {
	char segment[4];
	uint16_t field, rule;
};

enum phi_kind { PHI_NOTHING, PHI_CONTAINER, PHI_SHAPE };

/* What the automaton can find. */
struct phi_token {
	enum phi_kind kind;
	const uint16_t *rules; /* of the shape; ends with PHI_NO_RULE */
};

extern const struct phi_rule phi_rules[];
extern const size_t phi_n_rules;
extern const char phi_rules_version[];
extern const struct phi_token phi_tokens[];
extern const struct phi_phrase phi_phrases[];
extern const struct phi_field phi_fields[];
extern const size_t phi_n_fields;
extern const uint16_t phi_first_name_rules[], phi_surname_rules[]; /* end with PHI_NO_RULE */

extern const struct phi_word phi_words[PHI_SLOTS];
extern const char phi_word_text[];
extern const uint64_t phi_filter[1u << (PHI_FILTER_BITS - 6)], phi_name_filter[1u << (PHI_NAME_FILTER_BITS - 6)];

/* Sorted; each ends with NULL. */
extern const char *const phi_table_zip3_restricted[], *const phi_table_iban_lengths[]; /* "GB22" */
extern const char *const phi_table_broad_places[];

/* The word of n letters with this hash (phi_hash_end), or NULL. */
const struct phi_word *phi_word_at(const char *p, size_t n, uint32_t hash);

/* What the word is, 0 where it is in no table. */
unsigned phi_word_is(struct str word);

/* The token that begins at *cursor, an index into phi_tokens; *cursor becomes its end. The text ends with a NUL, which no shape has. */
size_t phi_lex(const char **cursor);

#endif
