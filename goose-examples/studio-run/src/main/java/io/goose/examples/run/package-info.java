/** Runs the photo studio: brings a Redis and an application server, waits for the page, takes all of it down again. */
@NullMarked
package io.goose.examples.run;

import org.jspecify.annotations.NullMarked;
