/** What the engine tells of what it does, to whoever measures, traces or reports it. */
@NullMarked
package io.goose.engine.observe;

import org.jspecify.annotations.NullMarked;
