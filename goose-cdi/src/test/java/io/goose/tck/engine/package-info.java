/** What an engine does on a broker, through the public API alone. A third party's broker can be held to it too. */
@org.jspecify.annotations.NullMarked
package io.goose.tck.engine;
