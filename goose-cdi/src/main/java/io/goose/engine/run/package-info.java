/** One run of one job: its context, the middlewares around it, and how it ended. */
@NullMarked
package io.goose.engine.run;

import org.jspecify.annotations.NullMarked;
