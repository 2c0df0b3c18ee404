/**
 * The same tests on every server and in every archive layout. {@code *Tests} are the topics, {@code AppServerContract} has
 * them all, each {@code *IT} names a server, a layout and a Java version; one server boot serves all tests of an IT.
 */
package io.goose.it.appserver;
