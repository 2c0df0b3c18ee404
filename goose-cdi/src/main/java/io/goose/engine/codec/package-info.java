/**
 * Arguments as JSON and back. A parameter type becomes a tree of shapes once, which then write and read values without
 * looking at types again; classes that are neither values, containers nor records are handed to JSON-B.
 */
@NullMarked
package io.goose.engine.codec;

import org.jspecify.annotations.NullMarked;
