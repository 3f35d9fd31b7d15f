/* Entry ids. */
#include "bus/id.h"

#include <inttypes.h>
#include <stdio.h>

/* num.h's integers are signed; the two halves of an id are not. */
static bool parse_half(struct str s, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(s.p[i] - '0');
		if (*v > (UINT64_MAX - digit) / 10)
			return false;
		*v = *v * 10 + digit;
	}
	return s.n > 0;
}

bool id_parse(struct str s, uint64_t missing_seq, struct entry_id *id)
{
	struct str ms, seq = str_cut(s, '-', &ms);
	id->seq = missing_seq;
	return parse_half(ms, &id->ms) && (!seq.p || parse_half(seq, &id->seq));
}

static bool is_min(struct entry_id id)
{
	return id.ms == 0 && id.seq == 0;
}

static bool is_max(struct entry_id id)
{
	return id_cmp(id, ID_MAX) == 0;
}

struct entry_id id_next(struct entry_id id)
{
	if (id.seq < UINT64_MAX)
		return (struct entry_id){ id.ms, id.seq + 1 };
	return is_max(id) ? id : (struct entry_id){ id.ms + 1, 0 };
}

struct entry_id id_previous(struct entry_id id)
{
	if (id.seq > 0)
		return (struct entry_id){ id.ms, id.seq - 1 };
	return is_min(id) ? id : (struct entry_id){ id.ms - 1, UINT64_MAX };
}

/* An end that is "-", "+" or an included id. */
static bool parse_end(struct str s, uint64_t missing_seq, struct entry_id *id)
{
	*id = str_is(s, "+") ? ID_MAX : (struct entry_id){ 0, 0 };
	return str_is(s, "-") || str_is(s, "+") || id_parse(s, missing_seq, id);
}

static bool is_excluded(struct str *s)
{
	if (!str_starts(*s, "("))
		return false;
	*s = (struct str){ s->p + 1, s->n - 1 };
	return true;
}

bool id_parse_from(struct str s, struct entry_id *id)
{
	if (!is_excluded(&s))
		return parse_end(s, 0, id);
	if (!id_parse(s, 0, id) || is_max(*id))
		return false;
	*id = id_next(*id);
	return true;
}

bool id_parse_to(struct str s, struct entry_id *id)
{
	if (!is_excluded(&s))
		return parse_end(s, UINT64_MAX, id);
	if (!id_parse(s, UINT64_MAX, id) || is_min(*id))
		return false;
	*id = id_previous(*id);
	return true;
}

void id_format(struct entry_id id, char out[ID_TEXT])
{
	snprintf(out, ID_TEXT, "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
}

int id_cmp(struct entry_id a, struct entry_id b)
{
	if (a.ms != b.ms)
		return a.ms < b.ms ? -1 : 1;
	return (a.seq > b.seq) - (a.seq < b.seq);
}
