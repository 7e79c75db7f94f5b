"""The page for people: the reports, drawn, at `/`; lists of products and orders with filters; the state of the process.

    GET /            the reports                          cached; carries the tags of all that it shows
    GET /products    products, with the API's filters     cached
    GET /orders      orders, newest first                 cached
    GET /process     figures of the process that answers  not cached
    GET /page/...    style, script and icon               named by their content, kept by browsers for a year

The HTML is complete when it is sent: without the script the page lacks only its updates. An answer from the cache is
stored bytes, and the recipes answer it again like any cached GET. So a page costs what a cached answer of the API does.

**Updates.** The script listens to `/api/v1/dashboard/events`. After an event it asks for its own address again, with
the ETag that it has, and replaces the elements with `data-live` that have changed. While no events come, or the cache
is not up, it says so and asks every 5 seconds.

**Security.** The Content-Security-Policy allows files of this server only, and nothing inline. All texts are escaped by
htpy. With API keys the page needs one with the scope `read`; a browser asks its user, who enters it as the password.

    controller   the routes
    documents    the cached documents: what they read, and their tags
    frame        the parts that all documents have: head, navigation, status
    overview     the reports as sections of `/`
    lists        the lists of products and of orders: filters, rows, links to other pages
    forms        the fields of filters, with the problem of each
    charts       bars of days and of rows, as SVG
    figures      numbers, amounts and times as people read them
    process      the figures of this process
    errors       errors of all parts of the service as documents
    assets       the files of `static/`, their names and headers

`PAGE=false` turns all of it off.
"""
