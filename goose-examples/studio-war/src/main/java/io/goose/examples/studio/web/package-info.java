/** The REST interface behind the studio's page. */
@NullMarked
package io.goose.examples.studio.web;

import org.jspecify.annotations.NullMarked;
