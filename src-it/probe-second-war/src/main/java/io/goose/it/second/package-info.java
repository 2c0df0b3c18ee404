/** A second application beside the probe in one EAR, with a job and a queue of its own. */
@NullMarked
package io.goose.it.second;

import org.jspecify.annotations.NullMarked;
