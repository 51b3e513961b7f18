// Package console is the hall's pages: what is there, what happens, what came
// out of it, and a place to try it.
//
// Pages are rendered here, from html/template, in the reader's language, and
// work without scripts except for what moves; then a few modules of our own
// (static/) bring progress, curves that can be zoomed, and answers on the same
// page. Nothing comes from elsewhere, nothing is built, and no page holds a
// script or a style of its own, as the content security policy demands. The
// one exception is the report that is saved as a file: it carries all it needs.
//
// It refuses to decide: who asks is web/door's business, what they may do is
// asked of the function [Console.May] with the action that each route of the
// table in console.go names, and what is shown is what the stores hold.
//
// To add a page: a line in the table, a method that gathers its data, a
// template in templates/ that begins with {{template "top" .}}, and its
// sentences in phrase/zh_console.go.
package console
