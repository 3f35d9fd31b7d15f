/* Dead letters, made and read. The last two fields count: the entry itself may have had fields of the same names. */
#include "bus/letter.h"

#include "bus/driver.h"
#include "event/lines.h"

#define ADDED 2 /* fields of the letter behind those of the entry */

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return s.n == SHA256_TEXT - 1;
}

static void read_added(const struct entry_field *added, struct letter *out)
{
	struct entry_id id;
	if (token_valid(added[0].value))
		out->reason = added[0].value;
	if (id_parse(added[1].value, 0, &id))
		out->original_id = added[1].value;
}

void letter_read(const struct bus_entry *entry, struct letter *out)
{
	*out = (struct letter){ .n_fields = entry->n_fields };
	size_t n = entry->n_fields < ADDED ? 0 : entry->n_fields - ADDED;
	if (entry->n_fields >= ADDED && str_is(entry->fields[n].name, "reason") && str_is(entry->fields[n + 1].name, "original_id")) {
		out->n_fields = n;
		read_added(entry->fields + n, out);
	}
	struct bus_entry own = { .fields = entry->fields, .n_fields = out->n_fields };
	out->data = bus_entry_get(&own, "data");
	struct str digest = bus_entry_get(&own, "data_sha256");
	if (!out->data.p && is_hex(digest))
		out->digest = digest;
}

void field_list_bury(struct field_list *l, struct str id, struct str reason, enum bus_keep keep, char hash[SHA256_TEXT])
{
	if (keep == BUS_KEEP_NOTHING)
		l->n = 0;
	for (size_t i = 0; i < l->n && keep == BUS_KEEP_DIGEST; i++) {
		if (!str_is(l->v[i].name, "data"))
			continue;
		struct sha256 digest = sha256_of(l->v[i].value);
		sha256_format(&digest, hash);
		l->v[i] = (struct entry_field){ STR("data_sha256"), str_of(hash) };
	}
	field_list_add(l, STR("reason"), reason);
	field_list_add(l, STR("original_id"), id);
}

int field_list_unbury(struct field_list *l, struct str id, struct err *e)
{
	struct letter letter;
	letter_read(&(struct bus_entry){ .fields = l->v, .n_fields = l->n }, &letter);
	if (!letter.data.p)
		return err_set(e, ROS_REFUSED, "the data of dead letter %.*s was not kept", STR_ARG(id));
	l->n = letter.n_fields;
	return 0;
}
