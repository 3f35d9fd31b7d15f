/* libqpdf reads what cairo wrote, adds to the catalog and to the tree of tags, and writes it again. */
#include "report/pdf_finish.h"

#include "report/pdf_artifacts.h"
#include "report/xml.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define XMP_MAX 8192
#define DEPTH_MAX 16 /* of tags within tags; ours are four deep */

/* The figures and their texts, while the tree of tags is walked. */
struct walk {
	qpdf_data q;
	const char *text, *end; /* of the next figure */
};

static bool is_tag(const struct walk *w, qpdf_oh node, const char *tag)
{
	return qpdf_oh_is_name_and_equals(w->q, qpdf_oh_get_key(w->q, node, "/S"), tag);
}

static void describe_figure(struct walk *w, qpdf_oh node)
{
	if (w->text >= w->end)
		return;
	qpdf_oh_replace_key(w->q, node, "/Alt", qpdf_oh_new_unicode_string(w->q, w->text));
	w->text += strlen(w->text) + 1;
}

/* A heading is of a column where its row has nothing but headings, else of the row: ISO 32000-1, 14.8.5.7. */
static void scope_headings(struct walk *w, qpdf_oh row, int n)
{
	qpdf_oh cells = qpdf_oh_get_key(w->q, row, "/K");
	const char *scope = "<< /O /Table /Scope /Column >>";
	for (int i = 0; i < n; i++)
		if (is_tag(w, qpdf_oh_get_array_item(w->q, cells, i), "/TD"))
			scope = "<< /O /Table /Scope /Row >>";
	for (int i = 0; i < n; i++) {
		qpdf_oh cell = qpdf_oh_get_array_item(w->q, cells, i);
		if (is_tag(w, cell, "/TH"))
			qpdf_oh_replace_key(w->q, cell, "/A", qpdf_oh_parse(w->q, scope));
	}
}

static void walk_tags(struct walk *w, qpdf_oh node, int depth)
{
	if (!qpdf_oh_is_dictionary(w->q, node) || depth > DEPTH_MAX)
		return;
	qpdf_oh kids = qpdf_oh_get_key(w->q, node, "/K");
	int n = qpdf_oh_is_array(w->q, kids) ? qpdf_oh_get_array_n_items(w->q, kids) : 0;
	if (is_tag(w, node, "/Figure"))
		describe_figure(w, node);
	else if (is_tag(w, node, "/TR"))
		scope_headings(w, node, n);
	if (n == 0)
		walk_tags(w, kids, depth + 1);
	for (int i = 0; i < n; i++)
		walk_tags(w, qpdf_oh_get_array_item(w->q, kids, i), depth + 1);
}

/* `filter`: how the bytes are encoded already, or null. */
static qpdf_oh add_stream(qpdf_data q, const char *dictionary, const char *filter, struct str bytes)
{
	qpdf_oh stream = qpdf_oh_new_stream(q), dict = qpdf_oh_get_dict(q, stream), more = qpdf_oh_parse(q, dictionary);
	qpdf_oh_begin_dict_key_iter(q, more);
	while (qpdf_oh_dict_more_keys(q)) {
		const char *key = qpdf_oh_dict_next_key(q);
		qpdf_oh_replace_key(q, dict, key, qpdf_oh_get_key(q, more, key));
	}
	qpdf_oh_replace_stream_data(q, stream, (const unsigned char *)bytes.p, bytes.n, qpdf_oh_parse(q, filter), qpdf_oh_new_null(q));
	return stream;
}

/* ISO 32000-1, 7.11.4 */
static void attach(qpdf_data q, qpdf_oh root, const struct pdf_attachment *json)
{
	qpdf_oh stream = add_stream(q, "<< /Type /EmbeddedFile /Subtype /application#2fjson >>", "/FlateDecode", buf_view(&json->deflated));
	qpdf_oh params = qpdf_oh_new_dictionary(q), files = qpdf_oh_new_dictionary(q), names = qpdf_oh_new_array(q);
	qpdf_oh_replace_key(q, params, "/Size", qpdf_oh_new_integer(q, (long long)json->n));
	qpdf_oh_replace_key(q, qpdf_oh_get_dict(q, stream), "/Params", params);
	qpdf_oh_replace_key(q, files, "/F", stream);
	qpdf_oh_replace_key(q, files, "/UF", stream);
	qpdf_oh spec = qpdf_make_indirect_object(q, qpdf_oh_parse(q, "<< /Type /Filespec /F (report.json) /UF (report.json)"
	                                                             " /Desc (The same report as JSON) /AFRelationship /Data >>"));
	qpdf_oh_replace_key(q, spec, "/EF", files);
	qpdf_oh_append_item(q, names, qpdf_oh_new_string(q, "report.json"));
	qpdf_oh_append_item(q, names, spec);
	qpdf_oh tree = qpdf_oh_new_dictionary(q), all = qpdf_oh_get_key(q, root, "/Names");
	qpdf_oh_replace_key(q, tree, "/Names", names);
	if (!qpdf_oh_is_dictionary(q, all))
		all = qpdf_oh_new_dictionary(q);
	qpdf_oh_replace_key(q, all, "/EmbeddedFiles", tree);
	qpdf_oh_replace_key(q, root, "/Names", all);
	qpdf_oh_replace_key(q, root, "/AF", qpdf_oh_wrap_in_array(q, spec));
}

/* ISO 16684-1 */
static void add_metadata(qpdf_data q, qpdf_oh root, const struct pdf_extras *x)
{
	struct buf xmp;
	buf_init(&xmp, XMP_MAX);
	buf_z(&xmp, "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
	            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\""
	            " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n"
	            "<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>en</rdf:li></rdf:Bag></dc:language>"
	            "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
	xml_text(&xmp, str_of(x->title));
	buf_z(&xmp, "</rdf:li></rdf:Alt></dc:title>\n<xmp:CreatorTool>");
	xml_text(&xmp, str_of(x->creator));
	buf_fmt(&xmp, "</xmp:CreatorTool><xmp:CreateDate>%s</xmp:CreateDate>\n", x->created);
	buf_z(&xmp, "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>\n");
	qpdf_oh_replace_key(q, root, "/Metadata", add_stream(q, "<< /Type /Metadata /Subtype /XML >>", "null", buf_view(&xmp)));
	buf_free(&xmp);
}

/* Every page has one stream of content; its bytes are libqpdf's to copy, and ours to free. */
static void mark_page(qpdf_data q, qpdf_oh page, struct buf *marked)
{
	unsigned char *bytes = NULL;
	size_t n = 0;
	if (qpdf_oh_get_page_content_data(q, page, &bytes, &n) != QPDF_SUCCESS)
		return;
	buf_clear(marked);
	pdf_mark_artifacts((struct str){ (const char *)bytes, n }, marked);
	qpdf_oh_replace_key(q, page, "/Contents", add_stream(q, "<< >>", "null", buf_view(marked)));
	free(bytes);
}

static void mark_pages(qpdf_data q, struct buf *marked)
{
	int n = qpdf_get_num_pages(q);
	for (int i = 0; i < n; i++)
		mark_page(q, qpdf_get_page_n(q, (size_t)i), marked);
}

static void add_all(qpdf_data q, const struct pdf_extras *x, struct buf *marked)
{
	qpdf_oh root = qpdf_get_root(q);
	struct walk w = { .q = q, .text = buf_cstr(x->figures), .end = buf_cstr(x->figures) + x->figures->n };
	qpdf_oh_replace_key(q, root, "/Lang", qpdf_oh_new_string(q, "en"));
	qpdf_oh_replace_key(q, root, "/ViewerPreferences", qpdf_oh_parse(q, "<< /DisplayDocTitle true >>"));
	attach(q, root, x->json);
	add_metadata(q, root, x);
	walk_tags(&w, qpdf_oh_get_key(q, root, "/StructTreeRoot"), 0);
	mark_pages(q, marked);
}

int pdf_attachment(struct pdf_attachment *a, struct str file, struct err *e)
{
	uLongf n = compressBound(file.n);
	*a = (struct pdf_attachment){ .n = file.n };
	buf_init(&a->deflated, n);
	char *to = buf_reserve(&a->deflated, n);
	if (compress((Bytef *)to, &n, (const Bytef *)file.p, file.n) != Z_OK)
		return err_set(e, ROS_BUG, "cannot compress a file that is attached to a PDF");
	a->deflated.n = n;
	return 0;
}

int pdf_finish(struct buf *pdf, const struct pdf_extras *x, struct err *e)
{
	qpdf_data q = qpdf_init();
	struct buf whole, marked;
	buf_init(&whole, pdf->max);
	buf_init(&marked, pdf->max);
	qpdf_silence_errors(q);
	qpdf_read_memory(q, "report", pdf->p, pdf->n, NULL);
	if (!qpdf_has_error(q))
		add_all(q, x, &marked);
	if (!qpdf_has_error(q)) {
		qpdf_init_write_memory(q);
		qpdf_set_deterministic_ID(q, QPDF_TRUE);
		qpdf_set_object_stream_mode(q, qpdf_o_generate);
		qpdf_set_minimum_pdf_version(q, "1.7");
		qpdf_write(q);
	}
	bool failed = qpdf_has_error(q);
	if (failed)
		err_set(e, ROS_BUG, "cannot finish a PDF: %s", qpdf_get_error_message_detail(q, qpdf_get_error(q)));
	else
		buf_add(&whole, qpdf_get_buffer(q), qpdf_get_buffer_length(q));
	qpdf_cleanup(&q);
	buf_free(&marked);
	buf_free(pdf);
	*pdf = whole;
	return failed ? -1 : 0;
}
