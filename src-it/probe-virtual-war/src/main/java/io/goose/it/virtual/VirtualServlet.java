package io.goose.it.virtual;

import io.goose.GooseClient;
import jakarta.enterprise.concurrent.ManagedThreadFactoryDefinition;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Enqueues the job, and defines the thread factory that it runs on. */
@WebServlet("/api/jobs/*")
@ManagedThreadFactoryDefinition(name = "java:app/concurrent/jobs", virtual = true)
public class VirtualServlet extends HttpServlet {

    @Inject
    GooseClient goose;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String key = request.getPathInfo().substring(1);
        response.getWriter().print(goose.performAsync(VirtualJobs::look, key));
    }
}
