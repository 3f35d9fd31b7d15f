/* Keys of values, FHIR's forms looked through. */
#include "phi/leaf.h"

#include "base/num.h"

#include <inttypes.h>
#include <stdio.h>

/* Codes of HL7 table 0203 that are identifiers of a patient, and systems of contacts, as keys that rules know. */
static const struct {
	const char *code, *key;
} kinds[] = {
	{ "MR", "medical record number" }, { "MRT", "medical record number" }, { "PI", "patient identifier" }, { "PT", "patient identifier" },
	{ "SS", "social security number" }, { "DL", "driver license number" }, { "PPN", "passport number" },  { "MB", "member number" },
	{ "SN", "subscriber number" },      { "MC", "medicare number" },        { "MA", "medicaid number" },  { "AN", "account number" },
	{ "NI", "national id" },            { "HC", "health insurance number" }, { "JHN", "health insurance number" }, { "phone", "phone" },
	{ "sms", "phone" },                 { "fax", "fax" },
};

static struct str key_of_kind(const struct json *kind)
{
	for (size_t i = 0; kind && kind->type == JSON_STRING && i < sizeof kinds / sizeof *kinds; i++)
		if (str_is(kind->text, kinds[i].code))
			return str_of(kinds[i].key);
	return (struct str){ 0 };
}

/* {"mrn":{"value":1234567}}: the key says nothing of the value, but that above it does. */
static bool is_generic(struct str key)
{
	static const char *const generic[] = { "value", "val", "v", "number", "no", "text", "string" };
	for (size_t i = 0; i < sizeof generic / sizeof *generic; i++)
		if (str_is(key, generic[i]))
			return true;
	return false;
}

struct str phi_leaf_key(const struct json_reader *r, const struct json *root, const struct json *v)
{
	if (v->key.p && str_is(v->key, "value")) {
		const struct json *parent = root + v->parent;
		struct str key = key_of_kind(json_at(r, parent, "type/coding/0/code"));
		if (!key.p)
			key = key_of_kind(json_at(r, parent, "system"));
		if (key.p)
			return key;
	}
	const struct json *nearest = NULL;
	for (; v != root; v = root + v->parent) {
		if (v->key.p && !nearest)
			nearest = v;
		if (v->key.p && !is_generic(v->key))
			return v->key;
	}
	return nearest ? nearest->key : (struct str){ 0 };
}

struct str phi_leaf_integer(struct str number, char out[PHI_INTEGER])
{
	int64_t integer;
	bool exact;
	if (!num_scaled(number, 0, &integer, &exact) || !exact)
		return STR("");
	snprintf(out, PHI_INTEGER, "%" PRId64, integer);
	return str_is(number, out) ? STR("") : str_of(out);
}
