package io.goose.it.refused;

import jakarta.enterprise.context.ApplicationScoped;

/** Has the annotation on its interface only. */
@ApplicationScoped
public class OnInterface implements Contract {

    @Override
    public void run() {}
}
